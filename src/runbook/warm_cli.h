// The real AWS CLI with its start paid once: a rehearsal of 75 steps spends most of its time
// waiting for Python to import the CLI again.
//
// Choice: where the `aws` on PATH is a Python script of the CLI, a parent process imports it once
// and forks for each call; the world's wrapper hands a call over with its arguments, environment,
// folder and open files (warm_call). What runs is the installed CLI's own code from main() on.
// Rejected: an executor of our own here (the rehearsal would no longer prove that the real client
// works). The frozen CLI v2 that AWS's installer brings is no script: it starts as always.
#pragma once
#include <memory>
#include <string>
#include <vector>

namespace seatrial::runbook {

class WarmCli {
 public:
  // Begins to import; calls wait for that. None where the first `aws` behind `own_folder` on the
  // environment's PATH is no script of the CLI, or the process cannot be had: calls then start it
  // as usual. `environment` is NAME=VALUE, as the shell gets it.
  static std::unique_ptr<WarmCli> start(const std::vector<std::string>& environment,
                                        const std::string& own_folder);
  ~WarmCli();  // ends the parent; calls under way end with their callers
  WarmCli(const WarmCli&) = delete;
  WarmCli& operator=(const WarmCli&) = delete;

  // What tells the wrapper of it: NAME=VALUE.
  std::vector<std::string> variables() const;

 private:
  WarmCli(std::string folder, std::string script, int pid)
      : folder_(std::move(folder)), script_(std::move(script)), pid_(pid) {}
  std::string folder_;  // holds the socket; removed at the end
  std::string script_;  // the `aws` it stands for
  int pid_;
};

// "__aws SOCKET SCRIPT ARGUMENT...": one call, handed to the parent behind SOCKET. Signals go to
// the call, its exit code is ours; where nobody answers, SCRIPT is run.
int warm_call(int argc, char** argv);

// The Python interpreter of a script of the AWS CLI; empty when it is none.
std::string cli_interpreter(const std::string& script);

}  // namespace seatrial::runbook

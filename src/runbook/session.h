// One shell carried through a document: a bash child that runs step after step, so that variables,
// functions and the working directory persist.
//
// Problem: where does one step's output end, and how is the shell kept when a step is stopped?
// Choice: bash reads steps from a pipe of ours and reports each one's end on another with a random
// token; what stands in the output pipes by then is the step's. It lives in a session of its own,
// so that a step and all it started is one process group. When the shell itself dies (exit, kill)
// a new one starts from the variables, functions and directory that were saved after each step.
// Rejected: one shell per step (loses state), a pseudo-terminal (commands then page and colour).
// Not for several threads.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"

namespace seatrial::runbook {

// What is kept of a step's stdout, and of its stderr; the rest is read and dropped.
inline constexpr std::size_t kMaxStepOutput = 4 << 20;
// From SIGINT to SIGKILL.
inline constexpr std::chrono::milliseconds kStopGrace{2000};

struct AwsCall {  // one call of the world's `aws` wrapper
  int exit_code = 0;
  std::string arguments;
};

struct StepOutput {
  std::string out, err;
  bool truncated = false;
  int exit_code = 0;             // 128+n for a signal, as the shell says
  std::vector<int> pipe_status;  // of the step's last pipeline
  std::vector<AwsCall> aws_calls;
  double seconds = 0;
  bool timed_out = false;
  bool followed = false;     // was alive when its follow window ended
  bool interrupted = false;  // by the person at the terminal
  bool shell_died = false;   // and was started anew
};

struct StepLimits {
  std::chrono::milliseconds timeout{900'000};
  std::chrono::milliseconds follow{0};  // > 0: stop it politely after that long
};

class ShellSession {
 public:
  struct Options {
    std::vector<std::string> environment;          // NAME=VALUE
    std::string directory;                         // to start in; empty = here
    const std::atomic<bool>* interrupt = nullptr;  // set by a signal handler
  };
  using OnOutput = std::function<void(std::string_view bytes, bool is_error)>;

  ShellSession(Options options, Rng& rng);
  ~ShellSession();  // ends the shell and all it left running
  ShellSession(const ShellSession&) = delete;
  ShellSession& operator=(const ShellSession&) = delete;

  // Empty, else why there is no shell.
  std::string start();
  StepOutput run(const std::string& text, const StepLimits& limits, const OnOutput& on_output = {});
  // Names of variables that are set and not empty, after the last step.
  std::set<std::string> set_variables() const;
  std::string directory() const;  // where the shell is

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace seatrial::runbook

// Execution environments: which process carries out which invocation, and what is told of it.
//
// Problem: a warm process must be used again, never for two invocations at once, and not after its
// function has changed; it may die at any moment, and its lines must land in the log between START
// and REPORT. Choice: an environment is a process with at most one job; a job is given to a waiting
// one of the same function and revision, to one that has answered and is about to ask again, or to
// a new one. All is decided here on the control thread; the driver only reports. Environments do
// not outlive the daemon. Rejected: a queue a function with a fixed number of processes, which AWS
// does not have.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "services/lambda/code_store.h"
#include "services/lambda/parts.h"
#include "services/lambda/report.h"
#include "services/lambda/store.h"

namespace seatrial::services::lambda {

// How an invocation came out.
struct Finished {
  bool failed = false;  // an error of the function, which `payload` tells of
  std::string payload;
  std::string log;  // its last kMaxTail bytes
};

struct Job {
  std::string function;  // key of what is run
  std::string request_id, payload, client_context;
  std::string arn;                     // by which it was invoked; empty: its own
  std::function<void(Finished)> done;  // on the control thread, not within a transaction
};

class Environments final : public drivers::FunctionEvents {  // control thread but for the events
 public:
  static constexpr std::size_t kMaxConcurrent = 50;  // invocations of the account at once
  static constexpr std::size_t kMaxTail = 4096;      // API_Invoke, "LogType"
  static constexpr Millis kIdleLife{10LL * 60 * 1000}, kSweep{60LL * 1000};
  static constexpr int kInitSeconds = 10;

  Environments(room::Env& env, Tables& tables, CodeStore& code, Parts parts)
      : env_(env), tables_(tables), code_(code), parts_(std::move(parts)) {}

  void start();
  void stop();

  // False: as many as may run at once do already, or the function is gone. Never from inside a
  // transaction.
  bool run(Job job);
  // Ends those that run what the function no longer is, when they are done.
  void retire(const std::string& function);
  void count(const std::string& function, const char* metric, double value, const char* unit);
  // Told whenever an invocation might now be taken that was not before.
  void on_capacity(std::function<void()> told) { told_ = std::move(told); }
  std::size_t busy() const;

  void instance_ready(const std::string& id, double init_ms) override;
  void instance_init_failed(const std::string& id, const std::string& error_type,
                            const std::string& payload) override;
  void instance_answered(const std::string& id, drivers::FunctionAnswer answer) override;
  void instance_output(const std::string& id, std::vector<drivers::OutputLine> lines) override;
  void instance_ended(drivers::FunctionEnd end) override;

 private:
  enum class State { kStarting, kIdle, kBusy, kReturning };
  struct Environment {
    std::string function, name, revision, version, stream, group, region;
    std::string arn, access_key;
    int timeout_s = 3, memory_mb = 128;
    State state = State::kStarting;
    std::optional<Job> job;
    bool retired = false, killed = false;
    double init_ms = 0;  // until it has been reported
    Time idle_since{};
    std::string init_error_type, init_error;
    std::vector<logs::LogLine> lines;  // not yet in the log
    std::string tail;
  };

  void post(std::function<void(Environments&)> work);  // any thread
  Environment* find(const std::string& id);
  bool start_new(Job job);
  bool make_room();
  std::map<std::string, std::string> variables(const FunctionRecord& record,
                                               const Environment& environment,
                                               const iam::SessionKey& key) const;
  void give(const std::string& id, Environment& environment, Job job);
  void write(Environment& environment, Time at, std::string text);
  void flush(Environment& environment);
  void ready(const std::string& id, double init_ms);
  void answered(const std::string& id, drivers::FunctionAnswer answer);
  void ended(const drivers::FunctionEnd& end);
  void finish(Environment& environment, const Report& report, Finished finished);
  void fail(Environment& environment, const drivers::FunctionEnd& end);
  void kill(const std::string& id, Environment& environment);
  void sweep();

  room::Env& env_;
  Tables& tables_;
  CodeStore& code_;
  Parts parts_;
  std::function<void()> told_ = [] {};
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
  std::map<std::string, Environment> environments_;  // by instance id
};

}  // namespace seatrial::services::lambda

// Functions as child processes that are driven through the Lambda Runtime API.
//
// Problem: a function is a program that asks for its work over HTTP, may print, hang, eat memory or
// die at any moment, and must never reach the real AWS. Choice: each instance has an HTTP server of
// its own on a loopback port (AWS_LAMBDA_RUNTIME_API has no room for a path, and clients of custom
// runtimes drop one), one pipe for its output and a pidfd; one thread owns all instances, reads the
// pipe empty before it tells of an answer, so that a line belongs to the invocation that wrote it,
// and kills what runs over its time. Rejected: the containers of drivers/process, which are copied
// from an image and outlive the daemon; a function is a folder, and a new daemon starts new ones.
#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "drivers/function.h"
#include "drivers/image/files.h"
#include "drivers/process/cgroup.h"
#include "http/server.h"

namespace seatrial::drivers {

struct FunctionRunnerOptions {
  std::filesystem::path folder;  // "<world>/run/functions"; emptied at the start
  std::vector<std::string> child_command{"/proc/self/exe", "__function"};
  std::string python;             // interpreter; empty: python3 on PATH
  std::string network_namespace;  // name under /run/netns; empty: the host's, loopback only
  std::string cgroup_parent;      // as ProcessDriverOptions has it
  // Runs something inside that namespace and returns when it has run.
  std::function<void(std::function<void()>)> in_network = [](auto work) { work(); };
};

class FunctionRunner final : public FunctionDriver {
 public:
  static constexpr std::size_t kMaxRequestBody = kMaxFunctionResponse;
  static constexpr std::size_t kMaxReadAtOnce = 1 << 20;        // of one instance's output
  static constexpr std::chrono::milliseconds kMemoryCheck{50};  // where there are no cgroups

  FunctionRunner(FunctionRunnerOptions options, const Clock& clock);
  ~FunctionRunner() override;  // kills all instances

  void attach(FunctionEvents& events) override;
  void start(FunctionSpec spec) override;
  void invoke(const std::string& id, FunctionInvocation invocation) override;
  void stop(const std::string& id) override;

 private:
  using Steady = std::chrono::steady_clock;
  struct Instance;
  struct Python {
    std::string path, version;
  };

  void post(std::function<void()> work);  // any thread
  void serve();
  void run_commands();
  void retire(Instance& instance);
  void end_all();
  int wait_ms() const;
  void wait_for_events();
  void do_start(FunctionSpec spec);
  std::string launch(Instance& instance);
  std::string spawn(Instance& instance, const std::string& spec_file);
  std::expected<std::vector<std::string>, std::string> command_of(const FunctionSpec& spec);
  const Python& python();
  void requested(const std::string& id, wire::HttpRequest request, http::Responder respond);
  void asked_for_next(Instance& instance, http::Responder respond);
  void hand_over(Instance& instance);
  void answered(Instance& instance, wire::HttpRequest request, bool is_error,
                const std::string& request_id, const http::Responder& respond);
  void init_failed(Instance& instance, const wire::HttpRequest& request,
                   const http::Responder& respond);
  void drain(Instance& instance, bool to_the_end);
  void read_events(Instance& instance, int fd);
  void kill_instance(Instance& instance);
  void exited(const std::string& id);
  void check_deadlines();
  void check_memory();
  void end_failed_start(const std::string& id, const std::string& why);
  Instance* find(const std::string& id);

  FunctionRunnerOptions options_;
  const Clock& clock_;
  FunctionEvents* events_ = nullptr;
  std::optional<Python> python_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;
  std::map<int, std::string> by_fd_;
  // Stopped, but requests of theirs may still wait as commands, whose connections need them.
  std::vector<std::unique_ptr<http::Server>> retired_;
  Fd epoll_, wake_;

  std::mutex mutex_;  // guards what follows
  std::deque<std::function<void()>> commands_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace seatrial::drivers

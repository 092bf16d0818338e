// One function's process, as the driver's thread knows it.
#pragma once
#include "drivers/function/function_runner.h"
#include "drivers/function/output_lines.h"

namespace seatrial::drivers {

struct FunctionRunner::Instance {
  explicit Instance(FunctionSpec given, const std::string& cgroup_parent)
      : spec(std::move(given)), cgroup(cgroup_parent, "fn-" + spec.id) {}

  FunctionSpec spec;
  std::unique_ptr<http::Server> server;
  std::optional<http::Responder> next;        // it waits for an invocation
  std::optional<FunctionInvocation> waiting;  // an invocation waits for it
  std::string current;                        // the request it works on
  pid_t pid = 0;
  Fd pidfd, output, report;
  Cgroup cgroup;
  bool limited = false;  // by the cgroup; else its memory is watched
  OutputLines lines;
  Steady::time_point began;  // its start, then the hand-over of the current invocation
  std::optional<Steady::time_point> deadline;
  bool ready = false;  // it has asked at least once
  bool timed_out = false, over_memory = false, killed = false;
};

// The most memory the process had at once; 0 when it is gone.
std::int64_t peak_memory_bytes(pid_t pid);

}  // namespace seatrial::drivers

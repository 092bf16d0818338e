// The contract of what runs Lambda functions: one process an instance, which asks for its work
// through the Lambda Runtime API. A real one (drivers/function), a fake for tests of the room.
//
// A driver never decides: it starts, hands over, kills, and says what happened. Instances live no
// longer than the driver: what was promised about an invocation is the room's record, not a
// process.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "drivers/container.h"

namespace seatrial::drivers {

enum class FunctionRuntime {
  kPython,   // the machine's python3 with Seatrial's own runtime client
  kProvided  // the program `bootstrap` of the code
};

struct FunctionSpec {
  std::string id;  // unique in the world: [A-Za-z0-9_-]+
  FunctionRuntime runtime = FunctionRuntime::kPython;
  std::string runtime_name;                        // "provided.al2023", for INIT_START
  std::string code_folder;                         // the unpacked code: the working directory
  std::map<std::string, std::string> environment;  // the driver adds AWS_LAMBDA_RUNTIME_API
  std::int64_t memory_limit_bytes = 0;             // of all its processes together
  int init_timeout_ms = 10'000;                    // until it asks for its first invocation
};

struct FunctionInvocation {
  std::string request_id, payload, function_arn, trace_id;
  std::string client_context;  // JSON; empty: none
  int timeout_ms = 3'000;      // then the instance is killed
};

// What an instance answered to an invocation.
struct FunctionAnswer {
  std::string request_id, payload;
  bool is_error = false;
  std::string error_type;  // as the runtime named it, when is_error
  bool too_large = false;  // over kMaxFunctionResponse: there is no payload
  double duration_ms = 0;  // of wall time, from the hand-over on
  std::int64_t peak_memory_bytes = 0;
};
inline constexpr std::size_t kMaxFunctionResponse = 6'291'556;  // Lambda quotas, "Payload size"

struct FunctionEnd {
  std::string id;
  int exit_code = 0;  // when signal is 0
  int signal = 0;
  bool out_of_memory = false;
  bool timed_out = false;   // the driver killed it at the end of its time
  std::string start_error;  // it never ran: why
  double duration_ms = 0;   // of the invocation it was carrying out, or of its start
  std::int64_t peak_memory_bytes = 0;
};

// Called on the driver's thread; implementations post to the control thread.
class FunctionEvents {
 public:
  virtual ~FunctionEvents() = default;
  // It asks for an invocation. `init_ms` is what it took to come to the first one, 0 afterwards.
  virtual void instance_ready(const std::string& id, double init_ms) = 0;
  // The runtime reported that it cannot start; it is killed, instance_ended follows.
  virtual void instance_init_failed(const std::string& id, const std::string& error_type,
                                    const std::string& payload) = 0;
  virtual void instance_answered(const std::string& id, FunctionAnswer answer) = 0;
  // What it wrote, before the event that it was written before.
  virtual void instance_output(const std::string& id, std::vector<OutputLine> lines) = 0;
  virtual void instance_ended(FunctionEnd end) = 0;
};

class FunctionDriver {
 public:
  virtual ~FunctionDriver() = default;
  // Before all else. `events` must outlive the driver.
  virtual void attach(FunctionEvents& events) = 0;
  // instance_ready follows, or instance_ended.
  virtual void start(FunctionSpec spec) = 0;
  // To an instance that is ready: instance_answered follows, or instance_ended.
  virtual void invoke(const std::string& id, FunctionInvocation invocation) = 0;
  // SIGKILL to all its processes; instance_ended follows. Unknown id: nothing.
  virtual void stop(const std::string& id) = 0;
};

}  // namespace seatrial::drivers

// Functions whose answers are a C++ function's: no process, no time.
#pragma once
#include <deque>
#include <functional>
#include <map>

#include "drivers/function.h"

namespace seatrial::drivers {

// One thread, the test's: events are reported from within the calls, or when the test says so.
class FakeFunctions final : public FunctionDriver {
 public:
  struct Reply {
    std::string payload;
    bool is_error = false;
    std::vector<std::string> lines;  // what it prints before
  };
  std::function<Reply(const FunctionSpec&, const FunctionInvocation&)> behave =
      [](const FunctionSpec&, const FunctionInvocation& invocation) {
        return Reply{invocation.payload, false, {}};
      };
  bool answers = true;  // else invocations stay under way until answer_all() or end()

  void attach(FunctionEvents& events) override { events_ = &events; }
  void start(FunctionSpec spec) override {
    ++started;
    const std::string id = spec.id;
    instances[id] = {std::move(spec), std::nullopt};
    events_->instance_ready(id, 12.5);
  }
  void invoke(const std::string& id, FunctionInvocation invocation) override {
    instances.at(id).working = std::move(invocation);
    if (answers) answer(id);
  }
  void stop(const std::string& id) override {
    if (!instances.contains(id)) return;
    FunctionEnd how;
    how.signal = 9;
    end(id, how);
  }

  void answer_all() {
    for (auto& [id, instance] : instances)
      if (instance.working) answer(id);
  }
  void end(const std::string& id, FunctionEnd how) {
    instances.erase(id);
    how.id = id;
    events_->instance_ended(std::move(how));
  }

  struct Instance {
    FunctionSpec spec;
    std::optional<FunctionInvocation> working;
  };
  std::map<std::string, Instance> instances;
  int started = 0;

 private:
  void answer(const std::string& id) {
    auto& instance = instances.at(id);
    const auto invocation = *std::exchange(instance.working, std::nullopt);
    const Reply reply = behave(instance.spec, invocation);
    std::vector<OutputLine> lines;
    for (const auto& line : reply.lines) lines.push_back({Time{}, line, false});
    if (!lines.empty()) events_->instance_output(id, std::move(lines));
    FunctionAnswer answer;
    answer.request_id = invocation.request_id;
    answer.payload = reply.payload;
    answer.is_error = reply.is_error;
    answer.duration_ms = 7.25;
    answer.peak_memory_bytes = 20 << 20;
    events_->instance_answered(id, std::move(answer));
    events_->instance_ready(id, 0);
  }

  FunctionEvents* events_ = nullptr;
};

}  // namespace seatrial::drivers

// A thread for driver calls that block for milliseconds (network namespaces, reading a process
// tree's usage), so that the control thread never waits for them. Work runs in order of posting.
#pragma once
#include "base/executor.h"
#include "base/loop.h"

namespace seatrial::services::ecs {

class Worker final : public Executor {
 public:
  explicit Worker(const Clock& clock) : loop_(clock) { loop_.start(); }
  void post(std::function<void()> work) override { loop_.post(std::move(work)); }
  void post_after(Millis delay, std::function<void()> work) override {
    loop_.post_after(delay, std::move(work));
  }

 private:
  Loop loop_;
};

}  // namespace seatrial::services::ecs

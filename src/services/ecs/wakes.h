// Who is to be looked at next. Everything that happens (an API call, a driver's event, a target's
// health, a timer) only wakes tasks and services by key; one posted job then looks at all that were
// woken, tasks before services, until nothing is left. So a burst of events costs one look each,
// and a look never happens inside another or inside a handler's transaction.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/executor.h"

namespace seatrial::services::ecs {

// Control thread, but for post(), post_after() and guarded(), which any thread may call.
class Wakes {
 public:
  explicit Wakes(Executor& control) : control_(control) {}
  ~Wakes() { close(); }
  Wakes(const Wakes&) = delete;
  Wakes& operator=(const Wakes&) = delete;

  std::function<void(const std::string& key)> on_task, on_service;
  std::function<void()> after;  // once all are looked at

  void task(const std::string& key);
  void service(const std::string& key);

  void post(std::function<void()> work) { control_.post(guarded(std::move(work))); }
  void post_after(Millis delay, std::function<void()> work) {
    control_.post_after(delay, guarded(std::move(work)));
  }
  // From now on nothing that was or will be posted runs.
  void close() { *open_ = false; }

  // Work that does nothing when the room is closed by the time it runs on the control thread.
  std::function<void()> guarded(std::function<void()> work) const;

 private:
  void request();
  void run();

  Executor& control_;
  std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(true);
  std::set<std::string> tasks_, services_;
  bool requested_ = false;
};

}  // namespace seatrial::services::ecs

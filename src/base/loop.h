// The control thread: a queue of work and of timers in world time, run by one thread.
//
// Problem: rooms and controllers share state without locks, so all of them run on one thread.
// Choice: a mutexed queue swapped whole (one lock per batch, not per item). Rejected: asio here,
// since base must stay light and nothing on this thread waits for a socket.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"

namespace seatrial {

class Loop final : public Executor {
 public:
  explicit Loop(const Clock& clock) : clock_(clock) {}
  ~Loop() override { stop(); }

  void post(std::function<void()> work) override;
  void post_after(Millis delay, std::function<void()> work) override;

  void start();  // runs the loop on a thread of its own
  void stop();   // finishes the work at hand, drops the rest, joins
  bool on_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  void run();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void collect_due_timers();

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::function<void()>> queue_;
  std::multimap<Time, std::function<void()>> timers_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace seatrial

// The control thread: a queue of work and of timers in world time, run by one thread.
//
// Problem: rooms and controllers share state without locks, so all of them run on one thread.
// Choice: a mutexed queue swapped whole (one lock per batch, not per item); a caller that finds the
// loop idle may lend it its own thread (run_or_post), which saves a request two thread switches.
// Work is serialised either way. Rejected: asio here, since base must stay light and nothing on
// this thread waits for a socket.
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

  // Runs `work` at once on the caller's thread when nothing else runs or waits, else posts it.
  void run_or_post(std::function<void()> work);

  void start();  // runs the loop on a thread of its own
  void stop();   // finishes the work at hand, drops the rest, joins

 private:
  void run();
  bool begin_lent();
  void end_lent();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void collect_due_timers();

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::vector<std::function<void()>> queue_;
  std::multimap<Time, std::function<void()>> timers_;
  bool running_ = false;  // some thread is carrying out work
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace seatrial

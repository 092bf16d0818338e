#include "base/loop.h"

namespace seatrial {

void Loop::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  queue_.push_back(std::move(work));
  if (queue_.size() == 1) wake_.notify_one();
}

void Loop::post_after(Millis delay, std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  timers_.emplace(clock_.now() + delay, std::move(work));
  wake_.notify_one();
}

void Loop::start() {
  thread_ = std::thread([this] { run(); });
}

void Loop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  // What is dropped may own replies and connections: it goes here, unlocked, not with the Loop.
  decltype(queue_) dropped;
  decltype(timers_) dropped_timers;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(queue_);
    dropped_timers.swap(timers_);
  }
}

void Loop::collect_due_timers() {
  const Time now = clock_.now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    queue_.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
  }
}

void Loop::wait_for_work(std::unique_lock<std::mutex>& lock) {
  collect_due_timers();
  while (queue_.empty() && !stopping_) {
    if (timers_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, clock_.wall(timers_.begin()->first - clock_.now()) +
                               std::chrono::microseconds(500));
    }
    collect_due_timers();
  }
}

void Loop::run() {
  std::vector<std::function<void()>> batch;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wait_for_work(lock);
      if (stopping_) return;
      batch.swap(queue_);
    }
    for (auto& work : batch) work();
    batch.clear();
  }
}

}  // namespace seatrial

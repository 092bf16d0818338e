#include "base/loop.h"

namespace seatrial {

void Loop::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  queue_.push_back(std::move(work));
  if (queue_.size() == 1 && !running_) wake_.notify_one();  // who runs looks again by itself
}

void Loop::post_after(Millis delay, std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  timers_.emplace(clock_.now() + delay, std::move(work));
  wake_.notify_one();
}

bool Loop::begin_lent() {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  const bool timer_due = !timers_.empty() && timers_.begin()->first <= clock_.now();
  if (running_ || !queue_.empty() || timer_due || !thread_.joinable()) return false;
  return running_ = true;
}

void Loop::end_lent() {
  const std::lock_guard lock(mutex_);
  running_ = false;
  if (!queue_.empty()) wake_.notify_one();
  if (stopping_) idle_.notify_all();
}

void Loop::run_or_post(std::function<void()> work) {
  if (!begin_lent()) return post(std::move(work));
  work();
  end_lent();
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
  {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return !running_; });
  }
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
  while ((queue_.empty() || running_) && !stopping_) {
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
      running_ = true;
    }
    for (auto& work : batch) work();
    batch.clear();
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
}

}  // namespace seatrial

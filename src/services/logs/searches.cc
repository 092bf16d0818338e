#include "services/logs/searches.h"

namespace seatrial::services::logs {
namespace {

auto busy() {
  return model::fail("ServiceUnavailableException", "The service cannot complete the request.");
}

}  // namespace

Searches::Searches(seatrial::logs::Engine& engine) : engine_(engine) {
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
}

void Searches::stop() {
  std::deque<Job> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(waiting_);
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  for (auto& job : left) job.done(busy());
}

room::Preparation Searches::search(seatrial::logs::Query query) {
  return find([this, query = std::move(query)] { return engine_.read(query); });
}

room::Preparation Searches::prepare(std::function<Result()> work) {
  return [this, work = std::move(work)](Done done) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && waiting_.size() < kMaxWaiting) {
        waiting_.push_back({work, std::move(done)});
        wake_.notify_one();
        return;
      }
    }
    done(busy());
  };
}

void Searches::work() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    job.done(job.work());
  }
}

}  // namespace seatrial::services::logs

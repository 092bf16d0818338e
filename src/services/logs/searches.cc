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
  return [this, query = std::move(query)](Done done) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && waiting_.size() < kMaxWaiting) {
        waiting_.push_back({query, std::move(done)});
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
    auto searched = std::make_shared<Searched>();
    searched->page = engine_.read(job.query);
    job.done(std::shared_ptr<room::Prepared>(std::move(searched)));
  }
}

}  // namespace seatrial::services::logs

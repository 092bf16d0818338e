// Searches of FilterLogEvents, off the control thread: a page may have to look at a million events.
//
// kThreads of their own, for an Insights query may keep both of its threads for an hour. What is
// searched is put in order of arrival; past kMaxWaiting the caller is asked to come again.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "logs/engine.h"
#include "room/room.h"

namespace seatrial::services::logs {

struct Searched final : room::Prepared {
  seatrial::logs::Page page;
};

class Searches {
 public:
  static constexpr std::size_t kThreads = 2;
  static constexpr std::size_t kMaxWaiting = 1'000;

  explicit Searches(seatrial::logs::Engine& engine);
  ~Searches() { stop(); }

  void stop();  // those that wait are answered, with an error
  // For Context::prepare: `done` gets a Searched. Errors: ServiceUnavailableException.
  room::Preparation search(seatrial::logs::Query query);

 private:
  using Done = std::function<void(room::Outcome<std::shared_ptr<room::Prepared>>)>;
  struct Job {
    seatrial::logs::Query query;
    Done done;
  };
  void work();

  seatrial::logs::Engine& engine_;
  std::mutex mutex_;  // guards:
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace seatrial::services::logs

// Work off the control thread, for handlers: pages of FilterLogEvents and GetLogEvents, which may
// have to look at a million events, an event by its pointer, a group's fields, CSV to be read.
//
// kThreads of their own, for an Insights query may keep both of its threads for an hour. Work is
// done in order of arrival; past kMaxWaiting the caller is asked to come again.
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

// What a piece of work found.
template <class T>
struct SearchFound final : room::Prepared {
  explicit SearchFound(T found) : value(std::move(found)) {}
  T value;
};

class Searches {
 public:
  static constexpr std::size_t kThreads = 2;
  static constexpr std::size_t kMaxWaiting = 1'000;

  explicit Searches(seatrial::logs::Engine& engine);
  ~Searches() { stop(); }

  void stop();  // those that wait are answered, with an error
  // For Context::prepare: `done` gets a SearchFound<Page>. Errors: ServiceUnavailableException.
  room::Preparation search(seatrial::logs::Query query);
  // For Context::prepare: `done` gets a SearchFound of what `work` returns, which is called once,
  // on any thread, and may touch the engine and what it holds itself.
  template <class Work>
  room::Preparation find(Work work) {
    return prepare([work = std::move(work)]() -> Result {
      return std::make_shared<SearchFound<decltype(work())>>(work());
    });
  }

 private:
  using Result = std::shared_ptr<room::Prepared>;
  using Done = std::function<void(room::Outcome<Result>)>;
  struct Job {
    std::function<Result()> work;
    Done done;
  };
  room::Preparation prepare(std::function<Result()> work);
  void work();

  seatrial::logs::Engine& engine_;
  std::mutex mutex_;  // guards:
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// What was found, in the handler's second call.
template <class T>
const T& found(const room::Context& context) {
  return static_cast<const SearchFound<T>&>(*context.prepared).value;
}

}  // namespace seatrial::services::logs

// A world for room tests: manual clock, seeded randomness, a store in a temporary folder, control
// work run on the test's own thread.
#pragma once
#include <unistd.h>

#include <deque>
#include <future>

#include "base/check.h"
#include "base/loop.h"
#include "base/temp_folder.h"
#include "room/room.h"

namespace seatrial::room {

// Runs posted work when told to, timers when the manual clock has reached them.
class StepExecutor final : public Executor {
 public:
  explicit StepExecutor(ManualClock& clock) : clock_(clock) {}
  void post(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
  }
  void post_after(Millis delay, std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    timers_.emplace(clock_.now() + delay, std::move(work));
  }
  // Runs all that is due now; true when anything ran.
  bool run_due() {
    bool any = false;
    while (auto work = next_due()) {
      work();
      any = true;
    }
    return any;
  }
  // Moves the clock step by step through every timer on the way.
  void advance(Millis by) {
    const Time until = clock_.now() + by;
    run_due();
    while (true) {
      Time next = until;
      {
        const std::lock_guard lock(mutex_);
        if (!timers_.empty()) next = std::min(until, timers_.begin()->first);
      }
      if (next > clock_.now()) clock_.advance(next - clock_.now());
      const bool ran = run_due();
      if (!ran && clock_.now() >= until) return;
    }
  }

 private:
  std::function<void()> next_due() {
    const std::lock_guard lock(mutex_);
    if (!queue_.empty()) {
      auto work = std::move(queue_.front());
      queue_.pop_front();
      return work;
    }
    if (timers_.empty() || timers_.begin()->first > clock_.now()) return nullptr;
    auto work = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    return work;
  }

  ManualClock& clock_;
  std::mutex mutex_;
  std::deque<std::function<void()>> queue_;
  std::multimap<Time, std::function<void()>> timers_;
};

class TestWorld : public Dispatcher {
 public:
  explicit TestWorld(std::uint64_t seed = 1) : rng(seed), control(clock) {
    auto opened = store::Store::open(folder / "state.db", control);
    ST_CHECK(opened.has_value(), "the test's store does not open");
    store = std::move(*opened);
    auto vault_opened = Vault::open(folder / "key", rng);
    ST_CHECK(vault_opened.has_value(), "the test's vault does not open");
    vault = std::make_unique<Vault>(std::move(*vault_opened));
    env = std::make_unique<Env>(
        Env{clock, rng, *store, control, *vault, *this, "123456789012", folder});
  }
  ~TestWorld() override {
    store->flush();
    store.reset();
  }

  void add(Room& room) { rooms[room.service()] = &room; }

  Context context(std::string region = "ap-southeast-2") {
    return {*env,         std::move(region),
            env->account, {"AKIATEST", "arn:aws:iam::123456789012:root", "123456789012"},
            rng.uuid(),   clock.now()};
  }

  // One call as the gateway would make it, without validation from the model.
  Outcome<Value> call(const Context& as, std::string_view service, std::string_view operation,
                      Value input) override {
    const auto room = rooms.find(service);
    if (room == rooms.end()) return fail("UnknownOperationException", "no such service here");
    const auto handler = room->second->handlers().find(operation);
    if (handler == room->second->handlers().end()) {
      return fail("UnknownOperationException", "no such operation here");
    }
    Context context = as;
    context.now = clock.now();
    auto reply = handler->second(context, input);
    while (reply && context.prepare) {
      store->rollback();
      std::promise<Outcome<std::shared_ptr<Prepared>>> made;
      std::exchange(context.prepare, nullptr)([&](auto done) { made.set_value(std::move(done)); });
      auto prepared = made.get_future().get();
      if (!prepared) return std::unexpected(prepared.error());
      context.prepared = *prepared;
      reply = handler->second(context, input);
    }
    stream = std::move(context.stream);
    status = context.status;
    if (reply) {
      store->commit(nullptr);
    } else {
      store->rollback();
    }
    return reply;
  }
  Outcome<Value> call(std::string_view service, std::string_view operation, Value input) {
    return call(context(), service, operation, std::move(input));
  }

  ManualClock clock;
  SeededRng rng;
  StepExecutor control;
  TempFolder folder{"room"};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Vault> vault;
  std::unique_ptr<Env> env;
  std::map<std::string, Room*, std::less<>> rooms;
  std::shared_ptr<wire::BodyStream> stream;  // of the last reply
  int status = 0;
};

}  // namespace seatrial::room

#include "services/lambda/async_queue.h"

#include "base/log.h"

namespace seatrial::services::lambda {

void AsyncQueue::start() {
  *running_ = true;
  environments_.on_capacity([this] { pass(); });
  for (const auto& [key, record] : tables_.invocations) due_.emplace(record.due, key);
  post_guarded(Millis{0}, [this] { pass(); });
}

void AsyncQueue::post_guarded(Millis delay, std::function<void()> work) {
  auto guarded = [running = running_, work = std::move(work)] {
    if (*running) work();
  };
  if (delay <= Millis{0}) return env_.control.post(std::move(guarded));
  env_.control.post_after(delay, std::move(guarded));
}

std::string AsyncQueue::add(const FunctionRecord& function, std::string payload) {
  const Time now = env_.clock.now();
  AsyncRecord record;
  record.function = function.key();
  record.function_id = function.id;
  record.request_id = env_.rng.uuid();
  record.payload = std::move(payload);
  record.received = record.due = now;
  const auto key = fmt::format("{:013d}-{:08d}-{}", to_ms(now), ++numbers_, env_.rng.hex(8));
  const std::string id = record.request_id;
  tables_.invocations.put(key, std::move(record));
  due_.emplace(now, key);
  wake_when_durable();
  return id;
}

// Posted, so that it runs after the transaction at hand and ends up behind it in the committer's
// line.
void AsyncQueue::wake_when_durable() {
  if (std::exchange(wake_posted_, true)) return;
  post_guarded(Millis{0}, [this] {
    wake_posted_ = false;
    env_.store.commit(
        [this, running = running_, &control = env_.control](const std::string& error) {
          if (!error.empty()) return;
          control.post([this, running] {
            if (*running) pass();
          });
        });
  });
}

void AsyncQueue::wake_at(Time when) {
  if (wake_ && *wake_ <= when) return;
  wake_ = when;
  post_guarded(when - env_.clock.now(), [this, when] {
    if (wake_ != when) return;
    wake_.reset();
    pass();
  });
}

// Until nothing is due or nothing has room for it: whoever gets room calls again.
void AsyncQueue::pass() {
  if (std::exchange(passing_, true)) return;
  const Time now = env_.clock.now();
  while (!due_.empty() && due_.begin()->first <= now && attempt(due_.begin()->second))
    due_.erase(due_.begin());
  passing_ = false;
  if (!due_.empty() && due_.begin()->first > now) wake_at(due_.begin()->first);
}

// False: not now.
bool AsyncQueue::attempt(const std::string& key) {
  const auto* record = tables_.invocations.find(key);
  if (record == nullptr || in_flight_.contains(key)) return true;
  const auto* function = tables_.functions.find(record->function);
  if (function == nullptr || function->id != record->function_id)
    return drop(key, "its function was deleted"), true;
  if (record->received + kMaxAge <= env_.clock.now()) return drop(key, "it is too old"), true;
  const auto done = [this, running = running_, key](const Finished& how) {
    if (*running) finished(key, how);
  };
  if (!environments_.run({record->function, record->request_id, record->payload, "", done}))
    return false;
  in_flight_.insert(key);
  return true;
}

void AsyncQueue::finished(const std::string& key, const Finished& how) {
  in_flight_.erase(key);
  const auto* found = tables_.invocations.find(key);
  if (found == nullptr) return;
  AsyncRecord record = *found;
  if (how.failed && ++record.failures < kMaxFailures) {
    record.due = env_.clock.now() + (record.failures == 1 ? kFirstRetry : kSecondRetry);
    due_.emplace(record.due, key);
    wake_at(record.due);
    tables_.invocations.put(key, std::move(record));
    return env_.store.commit(nullptr);
  }
  if (how.failed) return drop(key, "it failed three times");
  tables_.invocations.erase(key);
  env_.store.commit(nullptr);
}

void AsyncQueue::drop(const std::string& key, const char* why) {
  const AsyncRecord record = *tables_.invocations.find(key);
  tables_.invocations.erase(key);
  env_.store.commit(nullptr);
  environments_.count(record.function, "AsyncEventsDropped", 1, "Count");
  log::warning("lambda: the event {} for {} is dropped: {}", record.request_id, record.function,
               why);
}

}  // namespace seatrial::services::lambda

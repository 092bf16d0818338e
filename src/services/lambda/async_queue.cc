#include "services/lambda/async_queue.h"

#include "base/log.h"

namespace seatrial::services::lambda {

void AsyncQueue::start() {
  wake_.start();
  environments_.on_capacity([this] { pass(); });
  for (const auto& [key, record] : tables_.invocations) due_.emplace(record.due, key);
  wake_.post(Millis{0}, [this] { pass(); });
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
  wake_.when_durable();
  return id;
}

// Until nothing is due or nothing has room for it: whoever gets room calls again.
void AsyncQueue::pass() {
  if (std::exchange(passing_, true)) return;
  const Time now = env_.clock.now();
  while (!due_.empty() && due_.begin()->first <= now && attempt(due_.begin()->second))
    due_.erase(due_.begin());
  passing_ = false;
  if (!due_.empty() && due_.begin()->first > now) wake_.at(due_.begin()->first);
}

// False: not now.
bool AsyncQueue::attempt(const std::string& key) {
  const auto* record = tables_.invocations.find(key);
  if (record == nullptr || in_flight_.contains(key)) return true;
  const auto* function = tables_.runnable(record->function);
  if (function == nullptr || function->id != record->function_id)
    return drop(key, "its function was deleted"), true;
  if (record->received + kMaxAge <= env_.clock.now()) return drop(key, "it is too old"), true;
  const auto done = [this, running = wake_.running(), key](const Finished& how) {
    if (*running) finished(key, how);
  };
  if (!environments_.run({record->function, record->request_id, record->payload, "", "", done}))
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
    wake_.at(record.due);
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

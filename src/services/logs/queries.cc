#include "services/logs/queries.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace seatrial::services::logs {
namespace {

namespace run_query = seatrial::logs::run;

constexpr std::string_view kComplete = "Complete", kRunning = "Running", kScheduled = "Scheduled",
                           kFailed = "Failed", kCancelled = "Cancelled", kTimeout = "Timeout";
constexpr std::int64_t kMaxSeconds = INT64_MAX / 2'000;

std::string key_of(const QueryRecord& record) { return record.region + "/" + record.id; }

bool is_ended(std::string_view status) { return status != kRunning && status != kScheduled; }

run_query::Times times_of(const QueryRecord& record) {
  const auto ms = [](std::int64_t s) {
    return std::clamp<std::int64_t>(s, 0, kMaxSeconds) * 1'000;
  };
  return {ms(record.start_s), ms(record.end_s) + 999, to_ms(record.created)};
}

}  // namespace

Queries::Queries(room::Env& env, seatrial::logs::EventSource& source, FindLookup find_lookup)
    : env_(env),
      source_(source),
      find_lookup_(std::move(find_lookup)),
      records_(env.store, "logs.query") {}

void Queries::start() {
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
  std::vector<QueryRecord> interrupted;
  for (const auto& [key, record] : records_)
    if (!is_ended(record.status)) interrupted.push_back(record);
  for (const auto& record : interrupted)
    if (auto program = rebuild(record)) launch(record, std::move(program));
}

void Queries::stop() {
  *alive_ = false;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  for (const auto& [key, running] : running_) running->execution->stop();
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Queries::work() {
  while (true) {
    std::pair<std::string, RunningPtr> next;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next.second->started = true;
    next.second->execution->run();
    env_.control.post([this, alive = alive_, next] {
      if (*alive) ended(next.first, next.second);
    });
  }
}

void Queries::launch(const QueryRecord& record, Program program) {
  auto running = std::make_shared<Running>();
  running->begun = env_.clock.now();
  running->execution = std::make_shared<Execution>(
      std::move(program), source_, run_query::Origin{env_.account}, times_of(record));
  const auto key = key_of(record);
  running_[key] = running;
  env_.control.post_after(kMaxRuntime, [this, alive = alive_, key, weak = std::weak_ptr(running)] {
    if (*alive) time_out(key, weak);
  });
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(key, std::move(running));
  }
  wake_.notify_one();
}

void Queries::begin(QueryRecord record, Program program) {
  if (records_.size() >= kMaxRecords) forget_old();
  record.status = kScheduled;
  launch(record, std::move(program));
  const auto key = key_of(record);
  records_.put(key, std::move(record));
  env_.store.relax();
}

Queries::Program Queries::rebuild(const QueryRecord& record) const {
  run_query::BuildOptions options{record.groups, static_cast<std::size_t>(record.limit), nullptr};
  options.find_groups = [&](const auto&) { return record.groups; };
  options.find_lookup = [&](const std::string& name) { return find_lookup_(record.region, name); };
  auto program = run_query::build(record.text, options);
  if (program) return Program(std::move(*program));
  log::warning("the query {} cannot be made again: {}", record.id, program.error().message);
  return nullptr;
}

std::size_t Queries::active() const {
  return static_cast<std::size_t>(std::ranges::count_if(running_, [](const auto& entry) {
    return entry.second->execution->state() == Execution::State::kRunning;
  }));
}

std::string Queries::status_of(const QueryRecord& record, const Running& running) const {
  if (is_ended(record.status) && record.status != kComplete) return record.status;
  switch (running.execution->state()) {
    case Execution::State::kRunning:
      return std::string(running.started ? kRunning : kScheduled);
    case Execution::State::kComplete:
      return std::string(kComplete);
    case Execution::State::kFailed:
      return std::string(kFailed);
    case Execution::State::kStopped:
      return running.ended_as.empty() ? std::string(kCancelled) : running.ended_as;
  }
  return std::string(kFailed);
}

Queries::View Queries::find(const std::string& key, bool with_result) {
  View view;
  view.record = records_.find(key);
  if (view.record == nullptr) return view;
  auto found = running_.find(key);
  if (found == running_.end() && with_result && view.record->status == kComplete) {
    if (auto program = rebuild(*view.record)) launch(*view.record, std::move(program));
    found = running_.find(key);
  }
  if (found == running_.end()) {
    view.status = is_ended(view.record->status) ? view.record->status : std::string(kFailed);
    return view;
  }
  view.status = status_of(*view.record, *found->second);
  view.program = found->second->execution->shared_program();
  if (with_result) view.result = found->second->execution->result();
  return view;
}

bool Queries::cancel(const std::string& key) {
  const auto found = running_.find(key);
  if (found == running_.end() || found->second->execution->state() != Execution::State::kRunning)
    return false;
  found->second->ended_as = kCancelled;
  found->second->execution->stop();
  records_.update(key, [](QueryRecord& record) { record.status = kCancelled; });
  return true;
}

void Queries::time_out(const std::string& key, const std::weak_ptr<Running>& weak) {
  const auto running = weak.lock();
  if (!running || running->execution->state() != Execution::State::kRunning) return;
  running->ended_as = kTimeout;
  running->execution->stop();
  records_.update(key, [](QueryRecord& record) { record.status = kTimeout; });
  env_.store.commit(nullptr);
}

void Queries::ended(const std::string& key, const RunningPtr& running) {
  running->done = true;
  const auto& execution = *running->execution;
  if (execution.state() == Execution::State::kFailed)
    log::warning("the query {} failed: {}", key, execution.failure());
  const auto result = running->execution->result();
  running->bytes = result->bytes;
  records_.update(key, [&](QueryRecord& record) {
    record.status = status_of(record, *running);
    record.duration_ms = to_ms(env_.clock.now()) - to_ms(running->begun);
    record.bytes_scanned = result->statistics.bytes_scanned;
  });
  env_.store.relax();
  env_.store.commit(nullptr);
  sync_later(key);
  drop_results();
}

// One sync for all queries that end meanwhile.
void Queries::sync_later(const std::string& key) {
  if (std::exchange(sync_due_, true)) return;
  env_.control.post_after(kSyncedAfter, [this, alive = alive_, key] {
    if (!*alive) return;
    sync_due_ = false;
    if (!records_.contains(key)) return;
    records_.update(key, [](QueryRecord&) {});
    env_.store.commit(nullptr);
  });
}

void Queries::drop_results() {
  std::size_t held = 0;
  for (const auto& [key, running] : running_) held += running->bytes;
  while (held > kMaxResultBytes) {
    auto oldest = running_.end();
    for (auto at = running_.begin(); at != running_.end(); ++at)
      if (at->second->done &&
          (oldest == running_.end() || at->second->begun < oldest->second->begun))
        oldest = at;
    if (oldest == running_.end()) return;
    held -= oldest->second->bytes;
    running_.erase(oldest);
  }
}

void Queries::forget_old() {
  const Time oldest = env_.clock.now() - kKept;
  std::vector<std::pair<Time, std::string>> ended;
  for (const auto& [key, record] : records_) {
    const auto running = running_.find(key);
    if (running == running_.end() || running->second->done) ended.emplace_back(record.created, key);
  }
  std::ranges::sort(ended);
  std::size_t count = records_.size();
  for (const auto& [created, key] : ended) {
    if (created >= oldest && count < kMaxRecords) return;
    records_.erase(key);
    running_.erase(key);
    --count;
  }
}

}  // namespace seatrial::services::logs

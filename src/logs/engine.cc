#include "logs/engine.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/log.h"

namespace seatrial::logs {

Engine::~Engine() {
  {
    const std::lock_guard lock(work_);
    stopping_ = true;
    work_changed_.notify_all();
  }
  if (background_.joinable()) background_.join();
}

// --- changes --------------------------------------------------------------------------------

void Engine::enqueue(Change change) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(change));
  dirty_ = true;
}

void Engine::append(const std::string& group, const std::string& stream, EventBatch events,
                    Time ingestion) {
  if (events.empty()) return;
  Change change{Change::Kind::kAppend, group, stream, std::move(events)};
  change.ingestion_ms = to_ms(ingestion);
  enqueue(std::move(change));
}

void Engine::append(const std::string& group, const std::string& stream,
                    const std::vector<NewEvent>& events, Time ingestion) {
  EventBatch batch;
  for (const NewEvent& event : events) batch.add(to_ms(event.timestamp), event.message);
  append(group, stream, std::move(batch), ingestion);
}

void Engine::remove_group(const std::string& group) {
  enqueue({Change::Kind::kRemoveGroup, group});
}

void Engine::remove_stream(const std::string& group, const std::string& stream) {
  enqueue({Change::Kind::kRemoveStream, group, stream});
}

void Engine::drop_before(const std::string& group, Time oldest_kept) {
  Change change{Change::Kind::kDropBefore, group};
  change.mark.before_ms = to_ms(oldest_kept);
  enqueue(std::move(change));
}

// Numbers what is pending and makes it durable. A retention mark covers what came before it.
std::expected<std::vector<Change>, std::string> Engine::write_pending() {
  std::vector<Change> changes;
  {
    const std::lock_guard lock(mutex_);
    changes.swap(pending_);
  }
  std::int64_t next = next_sequence_;  // only this thread changes it
  for (Change& change : changes) {
    change.first_sequence = change.mark.before_sequence = next;
    next += static_cast<std::int64_t>(change.events.size());
  }
  std::deque<std::string> storage;
  if (changes.empty()) return changes;
  if (auto done = wal_->append(encode_changes(changes, storage)); !done) {
    return std::unexpected(done.error());
  }
  return changes;
}

std::expected<void, std::string> Engine::commit() {
  {
    std::unique_lock lock(work_);
    work_changed_.wait(lock, [&] { return unsealed_bytes_ <= limits_.unsealed_bytes; });
    if (unflushed_bytes_ > limits_.unflushed_bytes && !flush_error_.empty()) {
      return std::unexpected("log segments cannot be written: " + flush_error_);
    }
  }
  auto changes = write_pending();
  if (!changes) {
    log::error("log events could not be written: {}", changes.error());
    return std::unexpected(changes.error());  // still dirty: a commit called meanwhile must not
  }  // pass for nothing to do
  {
    const std::unique_lock lock(state_);
    for (Change& change : *changes) apply(std::move(change));
    rotate_when_due();
  }
  const std::lock_guard lock(mutex_);
  dirty_ = !pending_.empty();
  return {};
}

void Engine::apply(Change change) {
  if (change.kind == Change::Kind::kAppend) {
    auto& group = groups_[change.group];
    if (!group) group = std::make_shared<Group>(change.group);
    next_sequence_ = std::max(
        next_sequence_, change.first_sequence + static_cast<std::int64_t>(change.events.size()));
    group->append(change.stream, std::move(change.events), change.first_sequence,
                  change.ingestion_ms);
    if (group->head_bytes < limits_.block_bytes) return;
    return push({Job::Kind::kSeal, group, group->close_head()});
  }
  const auto found = groups_.find(change.group);
  if (found == groups_.end()) return;
  const auto group = found->second;
  const std::size_t before = group->parts.size();
  if (change.kind == Change::Kind::kRemoveStream) group->remove_stream(change.stream);
  if (change.kind == Change::Kind::kDropBefore) group->drop(change.mark);
  if (change.kind == Change::Kind::kRemoveGroup) {
    group->removed = true;
    groups_.erase(found);
  }
  if (!group->removed && group->parts.size() == before) return;
  push({Job::Kind::kManifest});
}

// All that came so far leaves the heads, so that the log up to here is spent once it is flushed.
void Engine::rotate_when_due() {
  if (wal_->bytes() < limits_.wal_bytes) return;
  if (auto done = wal_->rotate(); !done) {
    return log::error("the log of events goes on in its old file: {}", done.error());
  }
  for (const auto& [name, group] : groups_) {
    if (!group->head.empty()) push({Job::Kind::kSeal, group, group->close_head()});
  }
  Job flush{Job::Kind::kFlush};
  flush.before_sequence = next_sequence_;
  flush.first_wal = wal_->number();
  flush.first_frame = wal_->next_frame();
  push(std::move(flush));
}

void Engine::push(Job job) {
  const std::lock_guard lock(work_);
  // One manifest tells of all removals before it.
  if (job.kind == Job::Kind::kManifest && !jobs_.empty() &&
      jobs_.back().kind == Job::Kind::kManifest) {
    return;
  }
  unsealed_bytes_ += job.closed.bytes;
  jobs_.push_back(std::move(job));
  work_changed_.notify_all();
}

// --- reading --------------------------------------------------------------------------------

std::shared_ptr<Group> Engine::find_group(const std::string& name) {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : found->second;
}

GroupView Engine::view_of(const std::shared_ptr<Group>& group, TimeRange range,
                          const std::vector<std::string>& streams, const std::string& prefix) {
  if (streams.empty() && prefix.empty()) return make_view(group, range, nullptr);
  const std::set<std::string_view> names(streams.begin(), streams.end());
  return make_view(group, range, [&](const std::string& name) {
    return name.starts_with(prefix) && (names.empty() || names.contains(name));
  });
}

namespace {

// The place to go on from bounds the times too, so that no page reads the blocks before it again.
TimeRange range_of(const Query& query) {
  TimeRange range{query.start_ms, query.end_ms};
  if (!query.from) return range;
  if (query.backward) range.end_ms = std::min(range.end_ms, query.from->timestamp_ms);
  if (!query.backward) range.start_ms = std::max(range.start_ms, query.from->timestamp_ms);
  return range;
}

Event event_of(const EventView& view) {
  return {view.sequence, from_ms(view.timestamp_ms), from_ms(view.ingestion_ms),
          std::string(view.stream), std::string(view.message)};
}

Page fill_page(MergeReader& reader, const Query& query) {
  Page page;
  std::size_t bytes = 0, scanned = 0;
  std::optional<Position> last = query.from;
  while (const auto item = reader.next()) {
    const EventView view = item.view->event_view(*item.chunk, *item.event);
    if (page.events.size() >= query.limit || scanned >= query.scan_limit ||
        (bytes + view.message.size() > query.byte_limit && !page.events.empty())) {
      page.next = last;
      break;
    }
    ++scanned;
    last = Position{view.timestamp_ms, view.sequence};
    if (!query.matches || query.matches(view)) {
      bytes += view.message.size();
      page.events.push_back(event_of(view));
    }
    reader.release();
  }
  return page;
}

}  // namespace

Page Engine::read(const Query& query) {
  GroupView view;
  {
    const std::shared_lock lock(state_);
    const auto group = find_group(query.group);
    if (!group) return {};
    view = view_of(group, range_of(query), query.streams, query.stream_prefix);
  }
  PartReader parts;
  MergeReader reader({&view, 1}, {query.backward, query.from, query.needles},
                     [&](const PartPtr& part) { return parts.chunk(*part); });
  return fill_page(reader, query);
}

StreamTimes Engine::stream_times(const std::string& name, const std::string& stream) {
  const std::shared_lock lock(state_);
  const auto group = find_group(name);
  if (!group) return {};
  const auto found = group->live_streams.find(stream);
  if (found == group->live_streams.end()) return {};
  const Stream& times = group->streams[found->second];
  if (!times.has_events) return {};
  return {from_ms(times.first_ms), from_ms(times.last_ms), from_ms(times.last_ingestion_ms)};
}

std::int64_t Engine::stored_bytes(const std::string& name) {
  const std::shared_lock lock(state_);
  const auto group = find_group(name);
  return group ? group->stored_bytes : 0;
}

}  // namespace seatrial::logs

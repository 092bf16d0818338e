// Reading in bulk. In no particular order a scan goes part by part, and shows each as one batch
// whose messages lie one after the other in memory; in order it merges the parts.
#include <algorithm>

#include "logs/engine.h"
#include "logs/find_bytes.h"
#include "logs/row_block.h"

namespace seatrial::logs {
namespace {

constexpr std::size_t kBatchEvents = 1'000;  // of an ordered scan
constexpr std::size_t kBatchBytes = 1u << 20;

const std::string* longest(const std::vector<std::string>& needles) {
  const auto found = std::max_element(
      needles.begin(), needles.end(),
      [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  return found == needles.end() ? nullptr : &*found;
}

bool holds_all(std::string_view message, const std::vector<std::string>& needles) {
  return std::all_of(needles.begin(), needles.end(), [&](const std::string& needle) {
    return find_bytes(message, needle) != std::string_view::npos;
  });
}

// Calls `found` for the events whose message holds the needle, searching all messages in one go.
template <class Found>
void find_events(const Chunk& chunk, std::string_view needle, const Found& found) {
  const auto& events = chunk.events;
  std::size_t index = 0;
  for (std::size_t at = find_bytes(chunk.bytes.view(), needle); at != std::string_view::npos;) {
    const auto after = [](std::size_t place, const EventMeta& event) {
      return place < event.offset;
    };
    const auto next = std::upper_bound(events.begin() + static_cast<std::ptrdiff_t>(index),
                                       events.end(), at, after);
    const EventMeta& event = *(next - 1);
    if (at + needle.size() <= event.offset + event.length) found(event);
    index = static_cast<std::size_t>(next - events.begin());
    at = find_bytes(chunk.bytes.view(), needle, event.offset + event.length + 1);
  }
}

std::vector<EventView> rows_of(const GroupView& view, const Part& part, const Chunk& chunk,
                               const std::vector<std::string>& needles) {
  std::vector<EventView> rows;
  const bool all = view.takes_all(part.info);
  const auto add = [&](const EventMeta& event) {
    if (!all && !view.takes(event)) return;
    const EventView row = view.event_view(chunk, event);
    if (needles.size() <= 1 || holds_all(row.message, needles)) rows.push_back(row);
  };
  const std::string* needle = longest(needles);
  if (needle == nullptr) {
    rows.reserve(chunk.events.size());
    for (const EventMeta& event : chunk.events) add(event);
  } else if (chunk.in_order && needle->find('\n') == std::string::npos) {
    find_events(chunk, *needle, add);
  } else {
    for (const EventMeta& event : chunk.events) {
      if (find_bytes(chunk.message(event), *needle) != std::string_view::npos) add(event);
    }
  }
  return rows;
}

void count(const BlockInfo& info, std::int64_t& events, std::int64_t& bytes) {
  events += static_cast<std::int64_t>(info.events);
  bytes += static_cast<std::int64_t>(info.message_bytes);
}

// A sealed part of which every event is wanted.
class PartBlock final : public Block {
 public:
  PartBlock(const GroupView& view, const Part& part, PartReader& reader)
      : view_(view), part_(part), reader_(reader) {}

  std::size_t size() const override { return part_.info.events; }
  std::string_view group() const override { return view_.group->name; }
  std::span<const std::int64_t> timestamps_ms() override {
    if (times_.empty()) {
      for (const EventMeta& event : reader_.meta(part_)) times_.push_back(event.timestamp_ms);
    }
    return times_;
  }
  std::optional<Column> column(std::string_view path) override {
    if (!index_) index_ = reader_.columns(part_);
    auto data = reader_.column(part_, *index_, path);
    if (!data) return std::nullopt;
    columns_.push_back(std::move(data));
    return columns_.back()->view();
  }
  std::span<const EventView> rows() override {
    if (!chunk_) {
      chunk_ = reader_.chunk(part_);
      rows_ = rows_of(view_, part_, *chunk_, {});
    }
    return rows_;
  }

 private:
  const GroupView& view_;
  const Part& part_;
  PartReader& reader_;
  std::optional<ColumnIndex> index_;
  std::vector<std::unique_ptr<ColumnData>> columns_;
  std::vector<std::int64_t> times_;
  std::shared_ptr<const Chunk> chunk_;
  std::vector<EventView> rows_;
};

// Calls `visit` for each part that may hold what is asked for, until it returns false.
template <class Visit>
void each_part(std::span<const GroupView> views, const ScanRequest& request, PartReader& reader,
               ScanStatistics& statistics, const Visit& visit) {
  for (const GroupView& view : views) {
    for (const PartPtr& part : view.parts) {
      if (!reader.may_contain(*part, request.needles)) {
        count(part->info, statistics.events_skipped, statistics.bytes_skipped);
        continue;
      }
      count(part->info, statistics.events_scanned, statistics.bytes_scanned);
      if (!visit(view, *part)) return;
    }
  }
}

}  // namespace

std::vector<GroupView> Engine::views_of(const ScanRequest& request, ScanStatistics& statistics) {
  statistics.groups_scanned = static_cast<std::int64_t>(request.groups.size());
  std::vector<GroupView> views;
  const std::shared_lock lock(state_);
  for (const auto& name : request.groups) {
    const auto group = find_group(name);
    if (!group) continue;
    views.push_back(view_of(group, {request.start_ms, request.end_ms}, request.streams, ""));
  }
  return views;
}

ScanStatistics Engine::scan(const ScanRequest& request, const Take& take) {
  ScanStatistics statistics;
  const auto views = views_of(request, statistics);
  if (request.order != ScanRequest::Order::kAny) {
    scan_in_order(request, views, take, statistics);
    return statistics;
  }
  PartReader reader;
  each_part(views, request, reader, statistics, [&](const GroupView& view, const Part& part) {
    const auto chunk = reader.chunk(part);
    const auto rows = rows_of(view, part, *chunk, request.needles);
    return rows.empty() || take(rows);
  });
  return statistics;
}

void Engine::scan_in_order(const ScanRequest& request, std::span<const GroupView> views,
                           const Take& take, ScanStatistics& statistics) {
  PartReader parts;
  const bool backward = request.order == ScanRequest::Order::kNewestFirst;
  MergeReader reader(views, {backward, std::nullopt, request.needles}, [&](const PartPtr& part) {
    count(part->info, statistics.events_scanned, statistics.bytes_scanned);
    return parts.chunk(*part);
  });
  std::vector<EventView> batch;
  std::size_t bytes = 0;
  bool more = true;
  while (more) {
    const auto item = reader.next();
    if (item) {
      const EventView row = item.view->event_view(*item.chunk, *item.event);
      if (!holds_all(row.message, request.needles)) continue;
      batch.push_back(row);
      bytes += row.message.size();
    }
    more = static_cast<bool>(item);
    const bool full = batch.size() >= kBatchEvents || bytes >= kBatchBytes;
    if (batch.empty() || (more && !full)) continue;
    if (!take(batch)) break;
    batch.clear();
    bytes = 0;
    reader.release();
  }
  statistics.events_skipped += reader.skipped_events();
  statistics.bytes_skipped += reader.skipped_bytes();
}

ScanStatistics Engine::scan_blocks(const ScanRequest& request, const TakeBlock& take) {
  ScanStatistics statistics;
  const auto views = views_of(request, statistics);
  PartReader reader;
  each_part(views, request, reader, statistics, [&](const GroupView& view, const Part& part) {
    if (!part.chunk && view.takes_all(part.info)) {
      PartBlock block(view, part, reader);
      return take(block);
    }
    const auto chunk = reader.chunk(part);
    auto rows = rows_of(view, part, *chunk, request.needles);
    if (rows.empty()) return true;
    RowBlock block(std::move(rows));
    return take(block);
  });
  return statistics;
}

}  // namespace seatrial::logs

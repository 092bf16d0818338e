// Reading in bulk. In no particular order a scan goes part by part, and shows each as one batch
// whose messages lie one after the other in memory; in order it merges the parts.
#include <algorithm>

#include "logs/block_reader.h"
#include "logs/engine.h"
#include "logs/part_rows.h"

namespace seatrial::logs {
namespace {

constexpr std::size_t kBatchEvents = 1'000;  // of an ordered scan
constexpr std::size_t kBatchBytes = 1u << 20;

void count(const BlockInfo& info, std::int64_t& events, std::int64_t& bytes) {
  events += static_cast<std::int64_t>(info.events);
  bytes += static_cast<std::int64_t>(info.message_bytes);
}

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
  MergeReader reader(views, {backward, std::nullopt, request.needles, true},
                     [&](const PartPtr& part) {
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

// By what is known of the parts, their filters included.
std::int64_t Engine::estimate(const ScanRequest& request) {
  ScanStatistics statistics;
  const auto views = views_of(request, statistics);
  PartReader reader;
  each_part(views, request, reader, statistics, [](const GroupView&, const Part&) { return true; });
  return statistics.bytes_scanned;
}

ScanStatistics Engine::scan_blocks(const ScanRequest& request, const TakeBlock& take) {
  ScanStatistics statistics;
  const auto views = views_of(request, statistics);
  BlockReader(views, request, statistics).read(take);
  return statistics;
}

}  // namespace seatrial::logs

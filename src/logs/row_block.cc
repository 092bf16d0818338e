#include "logs/row_block.h"

#include <algorithm>

namespace seatrial::logs {

RowBlock::RowBlock(std::vector<EventView> rows) : rows_(std::move(rows)) {
  const auto before = [](const EventView& a, const EventView& b) {
    return std::pair(a.timestamp_ms, a.sequence) < std::pair(b.timestamp_ms, b.sequence);
  };
  if (!std::is_sorted(rows_.begin(), rows_.end(), before)) {
    std::sort(rows_.begin(), rows_.end(), before);
  }
  times_.reserve(rows_.size());
  for (const auto& row : rows_) times_.push_back(row.timestamp_ms);
}

std::int64_t EventSource::estimate(const ScanRequest& request) {
  return scan(request, [](std::span<const EventView>) { return true; }).bytes_scanned;
}

ScanStatistics EventSource::scan_blocks(const ScanRequest& request, const TakeBlock& take) {
  return scan(request, [&](std::span<const EventView> batch) {
    while (!batch.empty()) {
      const auto other = std::find_if(batch.begin(), batch.end(), [&](const EventView& event) {
        return event.group != batch.front().group;
      });
      const auto count = static_cast<std::size_t>(other - batch.begin());
      RowBlock block({batch.begin(), other});
      if (!take(block)) return false;
      batch = batch.subspan(count);
    }
    return true;
  });
}

}  // namespace seatrial::logs

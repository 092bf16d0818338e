// Blocks for a source that has rows only: each batch is cut into runs of one group.
#include <algorithm>

#include "logs/scan.h"

namespace seatrial::logs {
namespace {

class RowBlock final : public Block {
 public:
  explicit RowBlock(std::span<const EventView> run) : rows_(run.begin(), run.end()) {
    std::sort(rows_.begin(), rows_.end(), [](const EventView& a, const EventView& b) {
      return std::pair(a.timestamp_ms, a.sequence) < std::pair(b.timestamp_ms, b.sequence);
    });
    times_.reserve(rows_.size());
    for (const auto& row : rows_) times_.push_back(row.timestamp_ms);
  }
  std::size_t size() const override { return rows_.size(); }
  std::string_view group() const override { return rows_.front().group; }
  std::span<const std::int64_t> timestamps_ms() override { return times_; }
  std::optional<Column> column(std::string_view) override { return std::nullopt; }
  std::span<const EventView> rows() override { return rows_; }

 private:
  std::vector<EventView> rows_;
  std::vector<std::int64_t> times_;
};

}  // namespace

ScanStatistics EventSource::scan_blocks(const ScanRequest& request, const TakeBlock& take) {
  return scan(request, [&](std::span<const EventView> batch) {
    while (!batch.empty()) {
      const auto other = std::find_if(batch.begin(), batch.end(), [&](const EventView& event) {
        return event.group != batch.front().group;
      });
      const auto count = static_cast<std::size_t>(other - batch.begin());
      RowBlock block(batch.first(count));
      if (!take(block)) return false;
      batch = batch.subspan(count);
    }
    return true;
  });
}

}  // namespace seatrial::logs

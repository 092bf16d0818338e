// A block of rows only, for a source or a part that has no columns.
#pragma once
#include <vector>

#include "logs/scan.h"

namespace seatrial::logs {

class RowBlock final : public Block {
 public:
  explicit RowBlock(std::vector<EventView> rows);  // of one group, any order
  std::size_t size() const override { return rows_.size(); }
  std::string_view group() const override { return rows_.front().group; }
  std::span<const std::int64_t> timestamps_ms() override { return times_; }
  std::optional<Column> column(std::string_view) override { return std::nullopt; }
  std::span<const EventView> rows() override { return rows_; }

 private:
  std::vector<EventView> rows_;
  std::vector<std::int64_t> times_;
};

}  // namespace seatrial::logs

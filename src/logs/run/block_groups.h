// Which group each event of a block is in, found once for each combination of codes and not once
// for each event.
#pragma once
#include "logs/run/node.h"

namespace seatrial::logs::run {

class BlockGroups {
 public:
  // The group of the event that the row shows; its values behind `by` are evaluated.
  using GroupOf = std::function<std::size_t(Row& row)>;

  // groups[i] is that of events[i]; valid until the next call.
  std::span<const std::uint32_t> find(std::span<const Node* const> by, const ColumnFields& columns,
                                      std::span<const std::uint32_t> events, Row& row,
                                      const GroupOf& group_of);

 private:
  static constexpr std::size_t kMaxCombinations = 1 << 16;
  bool number_events(std::span<const Node* const> by, const ColumnFields& columns,
                     std::span<const std::uint32_t> events, Row& row);
  bool add_values(const Node& node, const ColumnFields& columns,
                  std::span<const std::uint32_t> events, Row& row);

  std::vector<std::uint32_t> numbers_;  // of each event's combination
  std::vector<std::uint32_t> values_;
  std::size_t combinations_ = 1;
  std::vector<std::uint32_t> known_, groups_;
};

}  // namespace seatrial::logs::run

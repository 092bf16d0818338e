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

  // Where one column of few values decides the group, or nothing does: calls take(group, rows) for
  // each group, without a look at each event's. False where it is otherwise.
  using TakeRows = std::function<void(std::size_t group, std::size_t rows)>;
  bool count(std::span<const Node* const> by, const ColumnFields& columns,
             std::span<const std::uint32_t> events, Row& row, const GroupOf& group_of,
             const TakeRows& take);

 private:
  static constexpr std::size_t kMaxCombinations = 1 << 16;
  void count_codes(std::span<const std::uint16_t> codes, std::span<const std::uint32_t> events,
                   std::size_t kinds);
  bool number_events(std::span<const Node* const> by, const ColumnFields& columns,
                     std::span<const std::uint32_t> events, Row& row);
  bool add_values(const Node& node, const ColumnFields& columns,
                  std::span<const std::uint32_t> events, Row& row);

  std::vector<std::uint32_t> numbers_;  // of each event's combination
  std::vector<std::uint32_t> values_;
  std::size_t combinations_ = 1;
  std::vector<std::uint32_t> known_, groups_;
  std::vector<std::uint32_t> counts_;  // by code
};

}  // namespace seatrial::logs::run

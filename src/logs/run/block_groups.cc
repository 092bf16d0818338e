#include "logs/run/block_groups.h"

namespace seatrial::logs::run {
namespace {

constexpr std::uint32_t kUnknown = UINT32_MAX;

void show(Row& row, const ColumnFields& columns, std::uint32_t event) {
  row.arena().reset();
  row.begin(columns, event);
}

bool is_text(const Value& value) {
  return value.kind == Value::Kind::kText || value.kind == Value::Kind::kJson;
}

}  // namespace

std::span<const std::uint32_t> BlockGroups::find(std::span<const Node* const> by,
                                                 const ColumnFields& columns,
                                                 std::span<const std::uint32_t> events, Row& row,
                                                 const GroupOf& group_of) {
  groups_.resize(events.size());
  const bool numbered = number_events(by, columns, events, row);
  const auto ask = [&](std::uint32_t event) {
    show(row, columns, event);
    return static_cast<std::uint32_t>(group_of(row));
  };
  if (!numbered) {
    for (std::size_t i = 0; i < events.size(); ++i) groups_[i] = ask(events[i]);
    return groups_;
  }
  known_.assign(combinations_, kUnknown);
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto group = known_[numbers_[i]];
    if (group == kUnknown) [[unlikely]]
      group = known_[numbers_[i]] = ask(events[i]);
    groups_[i] = group;
  }
  return groups_;
}

bool BlockGroups::number_events(std::span<const Node* const> by, const ColumnFields& columns,
                                std::span<const std::uint32_t> events, Row& row) {
  numbers_.assign(events.size(), 0);
  combinations_ = 1;
  for (const auto* node : by) {
    const auto codes = node->slot() < 0 ? std::span<const std::uint16_t>{}
                                        : columns.codes(static_cast<std::size_t>(node->slot()));
    if (codes.empty()) {
      if (!add_values(*node, columns, events, row)) return false;
      continue;
    }
    const auto count = columns.token_count(static_cast<std::size_t>(node->slot())) + 1;
    if (combinations_ * count > kMaxCombinations) return false;
    const auto times = static_cast<std::uint32_t>(count);
    if (events.size() == codes.size())
      for (std::size_t i = 0; i < events.size(); ++i) numbers_[i] = numbers_[i] * times + codes[i];
    else
      for (std::size_t i = 0; i < events.size(); ++i)
        numbers_[i] = numbers_[i] * times + codes[events[i]];
    combinations_ *= count;
  }
  return true;
}

// Numbers and times, each run of equal ones one: events of a block come in the order of time, so
// bins make few runs.
bool BlockGroups::add_values(const Node& node, const ColumnFields& columns,
                             std::span<const std::uint32_t> events, Row& row) {
  values_.resize(events.size());
  std::uint32_t runs = 0;
  Value last;
  for (std::size_t i = 0; i < events.size(); ++i) {
    show(row, columns, events[i]);
    const auto value = node.value(row);
    if (is_text(value)) return false;
    if (i == 0 || value.kind != last.kind || value.number != last.number) ++runs;
    last = value;
    values_[i] = runs - 1;
    if (combinations_ * runs > kMaxCombinations) return false;
  }
  for (std::size_t i = 0; i < events.size(); ++i) numbers_[i] = numbers_[i] * runs + values_[i];
  combinations_ *= std::max(runs, 1u);
  return true;
}

}  // namespace seatrial::logs::run

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

bool BlockGroups::count(std::span<const Node* const> by, const ColumnFields& columns,
                        std::span<const std::uint32_t> events, Row& row, const GroupOf& group_of,
                        const TakeRows& take) {
  if (events.empty()) return true;
  if (by.empty()) {
    show(row, columns, events[0]);
    take(group_of(row), events.size());
    return true;
  }
  const int slot = by.size() == 1 ? by[0]->slot() : -1;
  if (slot < 0) return false;
  const auto codes = columns.codes(static_cast<std::size_t>(slot));
  if (codes.empty()) return false;
  const std::size_t kinds = columns.token_count(static_cast<std::size_t>(slot)) + 1;
  count_codes(codes, events, kinds);
  for (std::size_t code = 0; code < kinds; ++code) {
    if (counts_[code] == 0) continue;
    row.arena().reset();
    row.begin_made();
    row.set(slot, columns.token(static_cast<std::size_t>(slot), code));
    take(group_of(row), counts_[code]);
  }
  return true;
}

// Four counters a code in turn where they are few: one has to wait for its own last sum each time.
void BlockGroups::count_codes(std::span<const std::uint16_t> codes,
                              std::span<const std::uint32_t> events, std::size_t kinds) {
  constexpr std::size_t kFewKinds = 256, kLanes = 4;
  counts_.assign(kinds * kLanes, 0);
  if (events.size() != codes.size()) {
    for (const auto event : events) ++counts_[codes[event]];
    return;
  }
  const std::size_t step = kinds <= kFewKinds ? kinds : 0;
  std::uint32_t* const counts = counts_.data();
  std::size_t i = 0;
  for (; i + kLanes <= codes.size(); i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) ++counts[lane * step + codes[i + lane]];
  for (; i < codes.size(); ++i) ++counts[codes[i]];
  for (std::size_t lane = 1; lane < kLanes && step > 0; ++lane)
    for (std::size_t code = 0; code < kinds; ++code) counts[code] += counts[lane * step + code];
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

// The aggregates of `stats`: one value of many, for many groups at once.
//
// An Aggregate keeps the states of all groups side by side and is told the group's number with each
// row, so that a million rows cost no look-up each.
#pragma once
#include <algorithm>
#include <memory>

#include "logs/query/functions.h"
#include "logs/run/node.h"

namespace seatrial::logs::run {

// A call as it is written; lives as long as the program.
struct AggregateCall {
  const query::Function* function = nullptr;
  NodePtr argument;            // null: *, or none
  NodePtr when;                // @timestamp, of those that need it
  double percent = 0;          // pct
  std::int64_t period_ms = 0;  // rate
};

class Aggregate {
 public:
  virtual ~Aggregate() = default;
  // The state of group `group`; groups are numbered in order, a new one is the next number.
  virtual void add(std::size_t group, Row& row) = 0;
  // Events of a block; groups[i] is that of events[i]. `row` is one to look at them with.
  virtual void add_block(std::span<const std::uint32_t> groups, const ColumnFields& columns,
                         std::span<const std::uint32_t> events, Row& row) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      row.arena().reset();
      row.begin(columns, events[i]);
      add(groups[i], row);
    }
  }
  // Whether it counts rows and nothing else: then add_rows() does for many.
  virtual bool counts_rows() const { return false; }
  virtual void add_rows(std::size_t group, std::size_t rows) {
    static_cast<void>(group), static_cast<void>(rows);
  }
  // Absent when no row had a value. Its text lives as long as the aggregate or the arena.
  virtual Value result(std::size_t group, Arena& arena) const = 0;
};

// Null when the function is not carried out.
std::unique_ptr<Aggregate> make_aggregate(const AggregateCall& call);
// Whether there is one of that name.
bool has_aggregate(std::string_view name);

// By family, for make_aggregate(); null when the name is none of theirs.
std::unique_ptr<Aggregate> make_moment(const AggregateCall& call);    // count sum avg stddev
std::unique_ptr<Aggregate> make_extreme(const AggregateCall& call);   // min max sortsFirst ...
std::unique_ptr<Aggregate> make_quantile(const AggregateCall& call);  // pct
std::unique_ptr<Aggregate> make_distinct(const AggregateCall& call);  // count_distinct values
std::unique_ptr<Aggregate> make_series(const AggregateCall& call);    // rate

// Calls take(group, number) for each event of a block that has a number in the column of
// `argument`; false when that is no column of numbers.
template <class Take>
bool each_number(const Node* argument, std::span<const std::uint32_t> groups,
                 const ColumnFields& columns, std::span<const std::uint32_t> events, Take take) {
  if (argument->slot() < 0) return false;
  const auto numbers = columns.numbers(static_cast<std::size_t>(argument->slot()));
  if (numbers.empty()) return false;
  if (events.size() == numbers.size()) {  // all of the block
    for (std::size_t i = 0; i < events.size(); ++i)
      if (const double number = numbers[i]; number == number) take(groups[i], number);
    return true;
  }
  for (std::size_t i = 0; i < events.size(); ++i)
    if (const double number = numbers[events[i]]; number == number) take(groups[i], number);
  return true;
}

// Makes states for all the groups there are.
template <class State>
void grow(std::vector<State>& states, std::span<const std::uint32_t> groups) {
  std::uint32_t most = 0;
  for (const auto group : groups) most = std::max(most, group);
  if (!groups.empty() && most >= states.size()) states.resize(most + 1u);
}

// The state of a group, made when it is first asked for.
template <class State>
State& state_of(std::vector<State>& states, std::size_t group) {
  if (group >= states.size()) states.resize(group + 1);
  return states[group];
}

}  // namespace seatrial::logs::run

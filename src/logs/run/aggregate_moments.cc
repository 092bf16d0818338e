// count, sum, avg, stddev, and their names of the time-series functions.
#include <array>
#include <cmath>

#include "logs/run/aggregate.h"

namespace seatrial::logs::run {
namespace {

// count(*): rows; count(field): rows that have the field.
class Count final : public Aggregate {
 public:
  explicit Count(const AggregateCall& call) : argument_(call.argument.get()) {}
  void add(std::size_t group, Row& row) override {
    auto& count = state_of(counts_, group);
    if (argument_ == nullptr || argument_->value(row).present()) ++count;
  }
  void add_block(std::span<const std::uint32_t> groups, const ColumnFields& columns,
                 std::span<const std::uint32_t> events, Row& row) override {
    if (argument_ != nullptr) return Aggregate::add_block(groups, columns, events, row);
    grow(counts_, groups);
    if (counts_.size() <= kFewGroups) return count_few(groups);
    for (const auto group : groups) ++counts_[group];
  }
  bool counts_rows() const override { return argument_ == nullptr; }
  void add_rows(std::size_t group, std::size_t rows) override {
    state_of(counts_, group) += static_cast<std::int64_t>(rows);
  }
  Value result(std::size_t group, Arena&) const override {
    return Value::of(group < counts_.size() ? static_cast<double>(counts_[group]) : 0.0);
  }

 private:
  static constexpr std::size_t kFewGroups = 32;
  // Four counters a group in turn: one has to wait for its own last sum each time.
  void count_few(std::span<const std::uint32_t> groups) {
    std::array<std::array<std::uint32_t, kFewGroups>, 4> counts{};
    std::size_t i = 0;
    for (; i + 4 <= groups.size(); i += 4)
      for (std::size_t turn = 0; turn < 4; ++turn) ++counts[turn][groups[i + turn]];
    for (; i < groups.size(); ++i) ++counts[0][groups[i]];
    for (std::size_t group = 0; group < counts_.size(); ++group)
      for (const auto& turn : counts) counts_[group] += turn[group];
  }

  const Node* argument_;
  std::vector<std::int64_t> counts_;
};

// What is no number does not count.
template <class State>
class OfNumbers final : public Aggregate {
 public:
  explicit OfNumbers(const AggregateCall& call) : argument_(call.argument.get()) {}
  void add(std::size_t group, Row& row) override {
    auto& state = state_of(states_, group);
    if (const auto number = number_of(argument_->value(row))) state.add(*number);
  }
  void add_block(std::span<const std::uint32_t> groups, const ColumnFields& columns,
                 std::span<const std::uint32_t> events, Row& row) override {
    grow(states_, groups);
    if (!each_number(
            argument_, groups, columns, events,
            [states = states_.data()](std::uint32_t group, double x) { states[group].add(x); }))
      Aggregate::add_block(groups, columns, events, row);
  }
  Value result(std::size_t group, Arena&) const override {
    const auto out = group < states_.size() ? states_[group].result() : std::nullopt;
    return out && std::isfinite(*out) ? Value::of(*out) : Value{};
  }

 private:
  const Node* argument_;
  std::vector<State> states_;
};

// Sums keep what rounding loses (Neumaier), so that their order matters little.
struct Sum {
  double sum = 0, lost = 0;
  std::int64_t count = 0;
  void add(double x) {
    const double next = sum + x;
    lost += std::abs(sum) >= std::abs(x) ? (sum - next) + x : (x - next) + sum;
    sum = next;
    ++count;
  }
  double total() const { return std::isfinite(lost) ? sum + lost : sum; }
  std::optional<double> result() const { return count > 0 ? std::optional(total()) : std::nullopt; }
};

struct Average : Sum {
  std::optional<double> result() const {
    if (count == 0) return std::nullopt;
    return total() / static_cast<double>(count);
  }
};

// Welford. guess: of a sample (n - 1), 0 of one value.
struct Deviation {
  double mean = 0, squares = 0;
  std::int64_t count = 0;
  void add(double x) {
    ++count;
    const double from = x - mean;
    mean += from / static_cast<double>(count);
    squares += from * (x - mean);
  }
  std::optional<double> result() const {
    if (count == 0) return std::nullopt;
    return count == 1 ? 0.0 : std::sqrt(squares / static_cast<double>(count - 1));
  }
};

}  // namespace

std::unique_ptr<Aggregate> make_moment(const AggregateCall& call) {
  const auto name = call.function->name;
  if (name == "count" || name == "count_over_time" || name == "countOverTime")
    return std::make_unique<Count>(call);
  if (name == "sum" || name == "sum_over_time" || name == "sumOverTime")
    return std::make_unique<OfNumbers<Sum>>(call);
  if (name == "avg") return std::make_unique<OfNumbers<Average>>(call);
  if (name == "stddev") return std::make_unique<OfNumbers<Deviation>>(call);
  return nullptr;
}

}  // namespace seatrial::logs::run

// count_distinct(field) and values(field).
//
// count_distinct is exact up to kExactDistinct values of a group, then a sketch (HyperLogLog, 2^14
// registers: about 0.8 % off). AWS says of its own that it is approximate.
#include <array>
#include <bit>
#include <cmath>
#include <unordered_set>

#include "logs/run/aggregate.h"
#include "logs/run/hash.h"
#include "logs/run/json_text.h"

namespace seatrial::logs::run {
namespace {

constexpr int kRegisterBits = 14;
constexpr std::size_t kRegisters = 1 << kRegisterBits;

class Sketch {
 public:
  void add(std::uint64_t hash) {
    const auto at = hash >> (64 - kRegisterBits);
    const auto rest = (hash << kRegisterBits) | (1ull << (kRegisterBits - 1));
    const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
    if (rank > registers_[at]) registers_[at] = rank;
  }
  double estimate() const {
    double sum = 0;
    int empty = 0;
    for (const auto rank : registers_) {
      sum += std::ldexp(1.0, -rank);
      if (rank == 0) ++empty;
    }
    constexpr double kCount = kRegisters;
    const double raw = 0.7213 / (1 + 1.079 / kCount) * kCount * kCount / sum;
    if (raw <= 2.5 * kCount && empty > 0) return std::round(kCount * std::log(kCount / empty));
    return std::round(raw);
  }

 private:
  std::array<std::uint8_t, kRegisters> registers_{};
};

class Distinct final : public Aggregate {
 public:
  explicit Distinct(const AggregateCall& call) : argument_(call.argument.get()) {}
  void add(std::size_t group, Row& row) override {
    auto& state = state_of(states_, group);
    const auto value = argument_->value(row);
    if (!value.present()) return;
    const auto hash = hash_bytes(text_of(value, row.arena()));
    if (state.sketch) return state.sketch->add(hash);
    if (!state.exact.insert(hash).second) return;
    if (!row.context().hold(kBytesPerValue) || state.exact.size() <= kExactDistinct) return;
    state.sketch = std::make_unique<Sketch>();
    for (const auto one : state.exact) state.sketch->add(one);
    state.exact.clear();
  }
  Value result(std::size_t group, Arena&) const override {
    if (group >= states_.size()) return Value::of(0.0);
    const auto& state = states_[group];
    return Value::of(state.sketch ? state.sketch->estimate()
                                  : static_cast<double>(state.exact.size()));
  }

 private:
  static constexpr std::size_t kBytesPerValue = 32;
  struct State {
    std::unordered_set<std::uint64_t> exact;
    std::unique_ptr<Sketch> sketch;
  };
  const Node* argument_;
  std::vector<State> states_;
};

// guess: a list of the different values, in the order of their coming.
class Listed final : public Aggregate {
 public:
  explicit Listed(const AggregateCall& call) : argument_(call.argument.get()) {}
  void add(std::size_t group, Row& row) override {
    auto& state = state_of(states_, group);
    const auto value = argument_->value(row);
    if (!value.present()) return;
    const auto text = text_of(value, row.arena());
    if (state.seen.contains(std::string(text))) return;
    if (!row.context().hold(2 * text.size() + 64)) return;
    state.seen.emplace(text);
    state.list += state.list.empty() ? "[" : ",";
    state.list += json_quoted(text);
  }
  Value result(std::size_t group, Arena& arena) const override {
    if (group >= states_.size() || states_[group].list.empty()) return {};
    return Value::json(arena.keep(states_[group].list + "]"));
  }

 private:
  struct State {
    std::unordered_set<std::string> seen;
    std::string list;
  };
  const Node* argument_;
  std::vector<State> states_;
};

}  // namespace

std::unique_ptr<Aggregate> make_distinct(const AggregateCall& call) {
  if (call.function->name == "count_distinct") return std::make_unique<Distinct>(call);
  if (call.function->name == "values") return std::make_unique<Listed>(call);
  return nullptr;
}

std::unique_ptr<Aggregate> make_aggregate(const AggregateCall& call) {
  for (const auto make : {make_moment, make_extreme, make_quantile, make_distinct, make_series})
    if (auto made = make(call)) return made;
  return nullptr;
}

bool has_aggregate(std::string_view name) {
  AggregateCall call;
  call.function = query::find_function(name);
  return call.function != nullptr && make_aggregate(call) != nullptr;
}

}  // namespace seatrial::logs::run

// min, max, sortsFirst, sortsLast: the least or greatest value. earliest, latest: that of the
// earliest or latest event. rate: how a value changes from the earliest to the latest event.
//
// Times come out as milliseconds, as they are seen to of earliest() and latest() (guess for the
// others).
#include <cmath>

#include "logs/run/aggregate.h"

namespace seatrial::logs::run {
namespace {

Value plain(Value value) {
  if (value.kind == Value::Kind::kTime) value.kind = Value::Kind::kNumber;
  return value;
}

struct Held {
  Value value;
  std::string text;
  double at = 0;  // of the event

  void set(const Value& from) {
    value = plain(from);
    text = from.text;
  }
  Value get() const {
    Value out = value;
    out.text = text;
    return out;
  }
};

class Extreme final : public Aggregate {
 public:
  Extreme(const AggregateCall& call, int sign, bool texts)
      : argument_(call.argument.get()), sign_(sign), texts_(texts) {}
  void add(std::size_t group, Row& row) override {
    auto& held = state_of(states_, group);
    const auto value = argument_->value(row);
    if (!value.present()) return;
    if (held.value.present() && sign_ * compared(value, held, row.arena()) <= 0) return;
    held.set(value);
  }
  Value result(std::size_t group, Arena&) const override {
    return group < states_.size() ? states_[group].get() : Value{};
  }

 private:
  int compared(const Value& value, const Held& held, Arena& arena) const {
    if (!texts_) return order(value, held.get(), arena);
    return text_of(value, arena).compare(text_of(held.get(), arena));
  }

  const Node* argument_;
  int sign_;
  bool texts_;  // sorted as texts
  std::vector<Held> states_;
};

// Of the events that have the field. Of two at the same time the first one seen stays.
class Edge final : public Aggregate {
 public:
  Edge(const AggregateCall& call, int sign)
      : argument_(call.argument.get()), when_(call.when.get()), sign_(sign) {}
  void add(std::size_t group, Row& row) override {
    auto& held = state_of(states_, group);
    const auto at = when_->value(row);
    const auto value = argument_->value(row);
    if (!value.present() || !at.present()) return;
    if (held.value.present() && sign_ * (at.number - held.at) <= 0) return;
    held.set(value);
    held.at = at.number;
  }
  Value result(std::size_t group, Arena&) const override {
    return group < states_.size() ? states_[group].get() : Value{};
  }

 private:
  const Node *argument_, *when_;
  int sign_;
  std::vector<Held> states_;
};

// guess: the change between the earliest and the latest event of a bin, for each period of the time
// between them; seen: 0 of a constant.
class Rate final : public Aggregate {
 public:
  explicit Rate(const AggregateCall& call)
      : argument_(call.argument.get()), when_(call.when.get()), period_(call.period_ms) {}
  void add(std::size_t group, Row& row) override {
    auto& state = state_of(states_, group);
    const auto at = when_->value(row);
    const auto number = number_of(argument_->value(row));
    if (!number || !at.present()) return;
    if (!state.any || at.number < state.first_at) state.first_at = at.number, state.first = *number;
    if (!state.any || at.number > state.last_at) state.last_at = at.number, state.last = *number;
    state.any = true;
  }
  Value result(std::size_t group, Arena&) const override {
    if (group >= states_.size() || !states_[group].any) return {};
    const auto& s = states_[group];
    if (s.last_at <= s.first_at) return Value::of(0.0);
    const double out = (s.last - s.first) / (s.last_at - s.first_at) * static_cast<double>(period_);
    return std::isfinite(out) ? Value::of(out) : Value{};
  }

 private:
  struct State {
    double first = 0, last = 0, first_at = 0, last_at = 0;
    bool any = false;
  };
  const Node *argument_, *when_;
  std::int64_t period_;
  std::vector<State> states_;
};

}  // namespace

std::unique_ptr<Aggregate> make_extreme(const AggregateCall& call) {
  const auto name = call.function->name;
  if (name == "min") return std::make_unique<Extreme>(call, -1, false);
  if (name == "max") return std::make_unique<Extreme>(call, 1, false);
  if (name == "sortsFirst") return std::make_unique<Extreme>(call, -1, true);
  if (name == "sortsLast") return std::make_unique<Extreme>(call, 1, true);
  if (name == "earliest") return std::make_unique<Edge>(call, -1);
  if (name == "latest") return std::make_unique<Edge>(call, 1);
  return nullptr;
}

std::unique_ptr<Aggregate> make_series(const AggregateCall& call) {
  if (call.function->name == "rate") return std::make_unique<Rate>(call);
  return nullptr;
}

}  // namespace seatrial::logs::run

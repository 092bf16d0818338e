// Commands that carry something from row to row: accum, autoregress, filldown; and addtotals, which
// adds up each row and, with col=true, all of them. AWS documents them in a few lines each; where
// those end, they do what the commands of the same names do in the language they come from (guess).
#include <charconv>
#include <cmath>
#include <deque>

#include "logs/run/late.h"

namespace seatrial::logs::run {
namespace {

// accum FIELD [as NAME]: the sum so far.
struct Accum {
  NodePtr value;
  int slot;
};

class AccumStage final : public Stage {
 public:
  AccumStage(Context& context, const EventFields& fields, Stage* next, const Accum& plan)
      : Stage(context, fields, next), plan_(plan) {}
  void take(Row& row) override {
    if (const auto number = number_of(plan_.value->value(row)))
      row.set(plan_.slot, Value::of(sum_ += *number));
    else
      row.set(plan_.slot, {});
    next().take(row);
  }

 private:
  const Accum& plan_;
  double sum_ = 0;
};

// autoregress FIELD [as NAME] [p=N[-M]]: the values of N to M rows before.
struct Autoregress {
  int from;
  std::vector<std::pair<std::size_t, int>> targets;  // how many rows before, into which slot
};

class AutoregressStage final : public Stage {
 public:
  AutoregressStage(Context& context, const EventFields& fields, Stage* next,
                   const Autoregress& plan)
      : Stage(context, fields, next), plan_(plan), most_(plan.targets.back().first) {}
  void take(Row& row) override {
    const int slots[] = {plan_.from};
    Kept now(row, slots);
    for (const auto& [before, slot] : plan_.targets)
      row.set(slot, before <= rows_.size() ? rows_[before - 1][0] : Value{});
    next().take(row);
    rows_.push_front(std::move(now));
    if (rows_.size() <= most_) return;
    rows_.back().release(context());
    rows_.pop_back();
  }

 private:
  const Autoregress& plan_;
  std::size_t most_;
  std::deque<Kept> rows_;  // the last one first
};

// filldown [FIELD ...]: what is absent is what it was in the row before.
struct Filldown {
  std::vector<std::pair<int, int>> slots;  // from, to
};

class FilldownStage final : public Stage {
 public:
  FilldownStage(Context& context, const EventFields& fields, Stage* next, const Filldown& plan)
      : Stage(context, fields, next), plan_(plan), last_(plan.slots.size()) {}
  void take(Row& row) override {
    for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
      const auto& [from, to] = plan_.slots[i];
      if (const auto value = row.get(from); value.present()) {
        last_[i].assign(text_of(value, row.arena()));
        row.set(to, value);
      } else if (!last_[i].empty()) {
        row.set(to, Value::of(std::string_view(last_[i])));
      } else {
        row.set(to, {});
      }
    }
    next().take(row);
  }

 private:
  const Filldown& plan_;
  std::vector<std::string> last_;
};

// addtotals [row=true] [col=false] [fieldname=Total] [FIELD, ...]
struct Totals {
  std::vector<int> fields;
  int total = -1;  // of the row; -1: none
  bool column = false;
};

class TotalsStage final : public Stage {
 public:
  TotalsStage(Context& context, const EventFields& fields, Stage* next, const Totals& plan,
              const std::vector<int>& live)
      : Stage(context, fields, next), plan_(plan), live_(live), sums_(plan.fields.size()) {}
  void take(Row& row) override {
    double total = 0;
    for (std::size_t i = 0; i < plan_.fields.size(); ++i)
      if (const auto number = number_of(row.get(plan_.fields[i]))) {
        total += *number;
        sums_[i] = sums_[i].value_or(0) + *number;
      }
    if (plan_.total >= 0) row.set(plan_.total, Value::of(total));
    if (!plan_.column) return next().take(row);
    rows_.emplace_back(row, live_);
  }
  bool holds() const override { return plan_.column; }
  void emit(Stage& to) override {
    Row row = made_row();
    for (const auto& kept : rows_) {
      context().arena.reset();
      kept.restore(row, live_);
      to.take(row);
    }
    row.begin_made();
    double total = 0;
    for (std::size_t i = 0; i < sums_.size(); ++i)
      if (sums_[i]) {
        row.set(plan_.fields[i], Value::of(*sums_[i]));
        total += *sums_[i];
      }
    if (plan_.total >= 0) row.set(plan_.total, Value::of(total));
    to.take(row);
  }

 private:
  const Totals& plan_;
  const std::vector<int>& live_;
  std::vector<std::optional<double>> sums_;
  std::vector<Kept> rows_;
};

template <class Plan, class RunStage>
class PlainStep final : public Step {
 public:
  explicit PlainStep(Plan plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<RunStage>(context, fields, next, plan_);
  }
  bool in_order() const override { return true; }
  bool keeps_rows() const override { return true; }

 private:
  Plan plan_;
};

class TotalsStep final : public Step {
 public:
  explicit TotalsStep(Totals plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<TotalsStage>(context, fields, next, plan_, live);
  }
  bool in_order() const override { return true; }
  bool keeps_rows() const override { return !plan_.column; }

 private:
  Totals plan_;
};

}  // namespace

StepPtr build_accum(const query::LateCommand& command, Builder& builder) {
  if (!known_options(command, builder, {}) || !one_field(command, builder)) return nullptr;
  const auto& field = command.fields[0].text;
  Accum plan{builder.field(field), -1};
  const auto& name = command.alias.text.empty() ? field : command.alias.text;
  plan.slot = builder.define(name);
  builder.columns.show(name, plan.slot);
  return std::make_unique<PlainStep<Accum, AccumStage>>(std::move(plan));
}

StepPtr build_autoregress(const query::LateCommand& command, Builder& builder) {
  constexpr std::size_t kMostBefore = 1'000;
  if (!known_options(command, builder, {"p"}) || !one_field(command, builder)) return nullptr;
  const auto& field = command.fields[0].text;
  std::size_t first = 1, last = 1;
  if (const auto* range = option(command, "p")) {
    const char *at = range->data(), *const end = at + range->size();
    const auto read = std::from_chars(at, end, first);
    last = first;
    if (read.ptr != end && *read.ptr == '-') std::from_chars(read.ptr + 1, end, last);
  }
  if (first < 1 || last < first || last > kMostBefore) {
    builder.refuse(fmt::format("p is a number or a range like 1-4, up to {}", kMostBefore));
    return nullptr;
  }
  const auto place = builder.scope.find(field);
  Autoregress plan{place.slot, {}};
  if (place.slot < 0 || !place.path.empty()) {
    builder.refuse("autoregress takes the name of a column");
    return nullptr;
  }
  for (auto before = first; before <= last; ++before) {
    const auto name = !command.alias.text.empty() && first == last
                          ? command.alias.text
                          : fmt::format("{}_p{}", field, before);
    plan.targets.emplace_back(before, builder.define(name));
    builder.columns.show(name, plan.targets.back().second);
  }
  return std::make_unique<PlainStep<Autoregress, AutoregressStage>>(std::move(plan));
}

StepPtr build_filldown(const query::LateCommand& command, Builder& builder) {
  if (!known_options(command, builder, {})) return nullptr;
  Filldown plan;
  for (const auto& column : late_columns(command, builder)) {
    if (column.slot < 0) continue;
    builder.scope.note_read(column.slot);
    plan.slots.emplace_back(column.slot, builder.define(column.name));
    builder.columns.show(column.name, plan.slots.back().second);
  }
  return std::make_unique<PlainStep<Filldown, FilldownStage>>(std::move(plan));
}

StepPtr build_addtotals(const query::LateCommand& command, Builder& builder) {
  if (!known_options(command, builder, {"row", "col", "fieldname"})) return nullptr;
  Totals plan;
  for (const auto& column : late_columns(command, builder)) {
    if (column.slot < 0 || column.name.starts_with('@')) continue;
    builder.scope.note_read(column.slot);
    plan.fields.push_back(column.slot);
  }
  const auto* row = option(command, "row");
  const auto* col = option(command, "col");
  plan.column = col != nullptr && folded(*col) == "true";
  if (row == nullptr || folded(*row) == "true") {
    const auto* named = option(command, "fieldname");
    const std::string name = named != nullptr ? *named : "Total";
    plan.total = builder.define(name);
    builder.columns.show(name, plan.total);
  }
  return std::make_unique<TotalsStep>(std::move(plan));
}

}  // namespace seatrial::logs::run

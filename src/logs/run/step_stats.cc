// stats: aggregates over groups. Source: CWL_QuerySyntax-Stats.
//
// The columns are what stands behind `by`, then the items. guess: without `sort`, groups come in
// the order of what stands behind `by`, the latest bin first; no row comes of no events.
#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>

#include "logs/run/aggregate.h"
#include "logs/run/block_groups.h"
#include "logs/run/build.h"
#include "logs/run/hash.h"
#include "logs/run/natural_order.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {
namespace {

using query::Expression;

struct Item {
  NodePtr value;
  int slot;
};

struct Plan {
  std::vector<Item> by;
  std::vector<int> by_slots;
  std::vector<AggregateCall> aggregates;
  std::vector<int> aggregate_slots;
  std::vector<Item> items;
};

class StatsStage final : public Stage {
 public:
  StatsStage(Context& context, const EventFields& fields, Stage* next, const Plan& plan)
      : Stage(context, fields, next), plan_(plan) {
    for (const auto& call : plan.aggregates) aggregates_.push_back(make_aggregate(call));
    for (const auto& item : plan.by) by_.push_back(item.value.get());
    counts_only_ = std::ranges::all_of(aggregates_, [](const auto& a) { return a->counts_rows(); });
  }

  void take(Row& row) override {
    const auto group = group_of(row);
    for (auto& aggregate : aggregates_) aggregate->add(group, row);
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    std::vector<std::size_t> sorted(groups_.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
    std::ranges::sort(sorted, [this](std::size_t a, std::size_t b) { return before(a, b); });
    Row row = made_row();
    for (const auto group : sorted) {
      auto& arena = context().arena;
      arena.reset();
      groups_[group].restore(row, plan_.by_slots);
      for (std::size_t i = 0; i < aggregates_.size(); ++i)
        row.set(plan_.aggregate_slots[i], aggregates_[i]->result(group, arena));
      for (const auto& item : plan_.items) row.set(item.slot, item.value->value(row));
      to.take(row);
    }
  }

 private:
  bool take_block(const ColumnFields& columns, std::span<const std::uint32_t> events) override {
    const auto group_of_row = [this](Row& row) { return group_of(row); };
    if (counts_only_ && block_groups_.count(by_, columns, events, block_row(), group_of_row,
                                            [this](std::size_t group, std::size_t rows) {
                                              for (auto& one : aggregates_)
                                                one->add_rows(group, rows);
                                            }))
      return true;
    const auto groups = block_groups_.find(by_, columns, events, block_row(), group_of_row);
    for (auto& aggregate : aggregates_) aggregate->add_block(groups, columns, events, block_row());
    return true;
  }
  // Times as numbers, for their texts would cost more than all the rest.
  void append_key(const Value& value, Arena& arena) {
    key_ += static_cast<char>(value.kind == Value::Kind::kTime ? 'T' : value.present() ? 't' : '-');
    if (value.kind == Value::Kind::kTime) {
      key_.append(reinterpret_cast<const char*>(&value.number), sizeof value.number);
      return;
    }
    const auto text = text_of(value, arena);
    if (plan_.by.size() > 1) {
      const auto size = static_cast<std::uint32_t>(text.size());
      key_.append(reinterpret_cast<const char*>(&size), sizeof size);
    }
    key_ += text;
  }
  std::size_t group_of(Row& row) {
    key_.clear();
    for (const auto& [value, slot] : plan_.by) {
      const auto made = value->value(row);
      row.set(slot, made);
      append_key(made, row.arena());
    }
    if (!groups_.empty() && key_ == last_key_) return last_;
    const auto known = numbers_.find(std::string_view(key_));
    last_ = known != numbers_.end() ? known->second : new_group(row);
    last_key_ = key_;
    return last_;
  }
  std::size_t new_group(Row& row) {
    constexpr std::size_t kPerAggregate = 64;
    context().hold(key_.size() + 2 * sizeof(std::string) + kPerAggregate * aggregates_.size());
    numbers_.emplace(key_, groups_.size());
    groups_.emplace_back(row, plan_.by_slots);
    return groups_.size() - 1;
  }
  bool before(std::size_t a, std::size_t b) {
    for (std::size_t i = 0; i < plan_.by_slots.size(); ++i) {
      const auto &left = groups_[a][i], &right = groups_[b][i];
      const int order = sort_order(left, right, context().arena);
      if (order != 0) return left.kind == Value::Kind::kTime ? order > 0 : order < 0;
    }
    return a < b;
  }

  const Plan& plan_;
  std::vector<std::unique_ptr<Aggregate>> aggregates_;
  std::string key_, last_key_;
  std::size_t last_ = 0;
  boost::unordered_flat_map<std::string, std::size_t, HashBytes, std::equal_to<>> numbers_;
  std::vector<Kept> groups_;
  std::vector<const Node*> by_;
  BlockGroups block_groups_;
  bool counts_only_ = false;  // rows, of every group
};

class StatsStep final : public Step {
 public:
  explicit StatsStep(Plan plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<StatsStage>(context, fields, next, plan_);
  }
  bool groups() const override { return true; }

 private:
  Plan plan_;
};

// histogram(field, width): where the range of that width begins that the value is in.
class Histogram final : public Node {
 public:
  Histogram(NodePtr value, NodePtr width) : value_(std::move(value)), width_(std::move(width)) {}
  Value value(Row& row) const override {
    const auto value = number_of(value_->value(row)), width = number_of(width_->value(row));
    if (!value || !width || !(*width > 0)) return {};
    return Value::of(std::floor(*value / *width) * *width);
  }

 private:
  NodePtr value_, width_;
};

bool calls(const Expression& e, std::string_view name) {
  return e.kind == Expression::Kind::kCall && e.function != nullptr && e.function->name == name;
}

class StatsBuild {
 public:
  StatsBuild(const query::StatsCommand& command, Builder& builder)
      : command_(command), builder_(builder), behind_(builder.scope) {
    behind_.close();
  }

  StepPtr step() {
    for (const auto& item : command_.by) by(item);
    for (const auto& item : command_.items) aggregate(item);
    builder_.bins.reset();
    note_bins();
    auto step = std::make_unique<StatsStep>(std::move(plan_));
    step->reads = builder_.scope.take_reads();
    builder_.scope = std::move(behind_);
    builder_.columns.reset();
    for (auto& column : columns_) builder_.columns.show(column.name, column.slot);
    return step;
  }

 private:
  void column(const query::Item& item, int slot) {
    const auto written = folded(builder_.around.written(item.value));
    if (item.value.kind == Expression::Kind::kCall || item.value.kind == Expression::Kind::kBinary)
      behind_.also(written, slot);
    columns_.push_back({builder_.name_of(item), slot});
  }
  void note_bins() {
    if (bins_.slot < 0) return;
    for (const int slot : plan_.by_slots)
      if (slot != bins_.slot) bins_.others.push_back(slot);
    builder_.bins = bins_;
  }
  void by(const query::Item& item) {
    NodePtr value;
    const bool bin = calls(item.value, "bin") &&
                     !builder_.scope.defined(folded(builder_.around.written(item.value)));
    const auto offset = command_.offset ? rough_length(*command_.offset) : 0;
    if (bin) {
      value = bin_node(item.value.parts[0].period, offset, builder_.around);
    } else if (calls(item.value, "histogram")) {
      value = std::make_unique<Histogram>(builder_.expression(item.value.parts[0]),
                                          builder_.expression(item.value.parts[1]));
    } else {
      value = builder_.expression(item.value);
    }
    const int slot = behind_.define(builder_.name_of(item));
    plan_.by.push_back({std::move(value), slot});
    plan_.by_slots.push_back(slot);
    if (bin && bins_.slot < 0) bins_ = {slot, item.value.parts[0].period, offset, {}};
    column(item, slot);
  }
  void aggregate(const query::Item& item) {
    // The aggregates' arguments are of the events, what is around them is of the result.
    const Surroundings& around = builder_.around;
    const Surroundings outer{behind_, around.text, around.problem, around.subquery};
    auto value = compile_stats_item(item.value, outer,
                                    [this](const Expression& call) { return add_call(call); });
    const int slot = behind_.define(builder_.name_of(item));
    plan_.items.push_back({std::move(value), slot});
    column(item, slot);
  }
  int add_call(const Expression& e) {
    AggregateCall call;
    call.function = e.function;
    if (!e.parts.empty() && e.parts[0].kind != Expression::Kind::kStar)
      call.argument = builder_.expression(e.parts[0]);
    if (e.function->name == "pct" && e.parts.size() > 1) percent(e, call);
    if (e.function->name == "earliest" || e.function->name == "latest" ||
        e.function->name == "rate")
      call.when = builder_.field("@timestamp");
    call.period_ms = e.parts.size() > 1 && e.parts[1].kind == Expression::Kind::kPeriod
                         ? rough_length(e.parts[1].period)
                         : 1'000;
    if (make_aggregate(call) == nullptr)
      builder_.around.refuse(e.name_span,
                             fmt::format("the aggregate {} is not served here", e.function->name));
    plan_.aggregates.push_back(std::move(call));
    plan_.aggregate_slots.push_back(builder_.scope.fields().add_made());
    return plan_.aggregate_slots.back();
  }
  void percent(const Expression& e, AggregateCall& call) {
    const auto node = builder_.expression(e.parts[1]);
    const auto* literal = node->literal();
    const auto number = literal != nullptr ? number_of(*literal) : std::nullopt;
    if (number && *number >= 0 && *number <= 100)
      call.percent = *number;
    else
      builder_.around.refuse(e.parts[1].span, "pct takes a number from 0 to 100");
  }

  const query::StatsCommand& command_;
  Builder& builder_;
  Scope behind_;
  Plan plan_;
  std::vector<Column> columns_;
  Bins bins_;
};

}  // namespace

StepPtr build_step(const query::StatsCommand& command, Builder& builder) {
  return StatsBuild(command, builder).step();
}

}  // namespace seatrial::logs::run

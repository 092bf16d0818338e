// outlier [action=remove|transform] [param=N] [uselower=BOOL] [mark=BOOL] FIELD ...: rows whose
// numbers lie far from the others are left out, or cut to the boundary. Source:
// CWL_QuerySyntax-Outlier, with the defaults transform, 2.5, false, false.
//
// guess: the boundaries are the third quartile and N times the distance of the quartiles above it,
// and likewise below the first; quartiles are values that were there, as those of pct. The marker
// is one field, is_outlier.
#include <algorithm>
#include <cmath>

#include "logs/run/late.h"

namespace seatrial::logs::run {
namespace {

constexpr const char* kMarker = "is_outlier";

struct Outliers {
  std::vector<std::pair<int, int>> fields;  // from, to (where values are cut)
  bool remove = false, lower = false;
  double times = 2.5;
  int mark = -1;
};

struct Bounds {
  double low = -INFINITY, high = INFINITY;
  bool outside(double x) const { return x < low || x > high; }
};

double quartile(std::vector<double>& values, double part) {
  const auto rank = std::max(std::ceil(part * static_cast<double>(values.size())), 1.0);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::ranges::nth_element(values, at);
  return *at;
}

class OutlierStage final : public Stage {
 public:
  OutlierStage(Context& context, const EventFields& fields, Stage* next, const Outliers& plan,
               const std::vector<int>& slots)
      : Stage(context, fields, next), plan_(plan), slots_(slots), values_(plan.fields.size()) {}
  void take(Row& row) override {
    for (std::size_t i = 0; i < plan_.fields.size(); ++i)
      if (const auto number = number_of(row.get(plan_.fields[i].first))) {
        values_[i].push_back(*number);
        context().hold(sizeof *number);
      }
    rows_.emplace_back(row, slots_);
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    std::vector<Bounds> bounds;
    for (auto& values : values_) bounds.push_back(bounds_of(values));
    Row row = made_row();
    for (const auto& kept : rows_) {
      context().arena.reset();
      kept.restore(row, slots_);
      const bool outside = judge(row, bounds);
      if (outside && plan_.remove) continue;
      if (plan_.mark >= 0) row.set(plan_.mark, Value::of(outside));
      to.take(row);
    }
  }

 private:
  Bounds bounds_of(std::vector<double>& values) const {
    Bounds out;
    if (values.empty()) return out;
    const double first = quartile(values, 0.25), third = quartile(values, 0.75);
    out.high = third + plan_.times * (third - first);
    if (plan_.lower) out.low = first - plan_.times * (third - first);
    return out;
  }
  bool judge(Row& row, std::span<const Bounds> bounds) const {
    bool outside = false;
    for (std::size_t i = 0; i < plan_.fields.size(); ++i) {
      const auto& [from, to] = plan_.fields[i];
      const auto value = row.get(from);
      const auto number = number_of(value);
      const bool far = number && bounds[i].outside(*number);
      outside = outside || far;
      row.set(to, far ? Value::of(std::clamp(*number, bounds[i].low, bounds[i].high)) : value);
    }
    return outside;
  }

  const Outliers& plan_;
  std::vector<int> slots_;
  std::vector<std::vector<double>> values_;
  std::vector<Kept> rows_;
};

class OutlierStep final : public Step {
 public:
  explicit OutlierStep(Outliers plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    auto slots = live;
    for (const auto& [from, to] : plan_.fields)
      if (std::ranges::find(slots, from) == slots.end()) slots.push_back(from);
    return std::make_unique<OutlierStage>(context, fields, next, plan_, slots);
  }
  bool in_order() const override { return true; }

 private:
  Outliers plan_;
};

// An option that is true or false; what it is not given is false.
std::optional<bool> truth_option(const query::LateCommand& command, std::string_view name) {
  const auto* given = option(command, name);
  if (given == nullptr || folded(*given) == "false") return false;
  if (folded(*given) == "true") return true;
  return std::nullopt;
}

bool read_options(const query::LateCommand& command, const Builder& builder, Outliers& plan,
                  bool& mark) {
  if (!known_options(command, builder, {"action", "param", "uselower", "mark"})) return false;
  const auto* action = option(command, "action");
  const auto* param = option(command, "param");
  plan.remove = action != nullptr && folded(*action) == "remove";
  if (action != nullptr && !plan.remove && folded(*action) != "transform") {
    builder.refuse("action is remove or transform");
    return false;
  }
  const auto times = param != nullptr ? parse_number(*param) : std::optional(plan.times);
  const auto lower = truth_option(command, "uselower"), marked = truth_option(command, "mark");
  if (!times || *times < 0 || !lower || !marked) {
    builder.refuse("param is a number from 0 on, uselower and mark are true or false");
    return false;
  }
  plan.times = *times;
  plan.lower = *lower;
  mark = *marked;
  return true;
}

}  // namespace

StepPtr build_outlier(const query::LateCommand& command, Builder& builder) {
  Outliers plan;
  bool mark = false;
  if (!read_options(command, builder, plan, mark)) return nullptr;
  for (const auto& column : late_columns(command, builder)) {
    if (column.slot < 0) {
      builder.refuse(fmt::format("there is no field {} left here", column.name));
      return nullptr;
    }
    builder.scope.note_read(column.slot);
    plan.fields.emplace_back(column.slot, builder.define(column.name));
    builder.columns.show(column.name, plan.fields.back().second);
  }
  if (mark) {
    plan.mark = builder.define(kMarker);
    builder.columns.show(kMarker, plan.mark);
  }
  return std::make_unique<OutlierStep>(std::move(plan));
}

}  // namespace seatrial::logs::run

// fillmissing [with VALUE for FIELD, ...]: rows for bins that have none, behind stats ... by bin().
//
// guess: between the first and the last bin there is, for each combination of the other values
// behind `by`; fields without a value of their own stay absent. Bins come latest first, as stats
// gives them.
#include <algorithm>
#include <map>

#include "logs/run/late.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {
namespace {

struct FillPlan {
  int bin = -1;
  query::Period period;
  std::int64_t offset_ms = 0;
  std::vector<int> others;                     // slots of what else stands behind `by`
  std::vector<std::pair<int, NodePtr>> fills;  // slot, value
};

class FillStage final : public Stage {
 public:
  FillStage(Context& context, const EventFields& fields, Stage* next, const FillPlan& plan,
            const std::vector<int>& live)
      : Stage(context, fields, next), plan_(plan), slots_(live) {
    for (const int slot : plan.others) add(slot);
    add(plan.bin);
  }
  void take(Row& row) override {
    const auto bin = row.get(plan_.bin);
    if (!bin.present()) return;
    std::string key;
    for (const int slot : plan_.others) {
      key += row.get(slot).present() ? '+' : '-';
      key += text_of(row.get(slot), row.arena());
      key += '\0';
    }
    auto& group = groups_[key];
    const auto at = static_cast<std::int64_t>(bin.number);
    group.try_emplace(at, row, slots_);
    if (!any_ || at < first_) first_ = at;
    if (!any_ || at > last_) last_ = at;
    any_ = true;
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    if (!any_) return;
    std::vector<std::int64_t> bins;
    for (auto at = first_; at <= last_; at = following(at)) {
      bins.push_back(at);
      if (static_cast<std::int64_t>(bins.size() * groups_.size()) > kMaxFilledRows)
        return context().fail(
            fmt::format("fillmissing would make more than {} rows.", kMaxFilledRows));
    }
    std::ranges::reverse(bins);
    Row row = made_row();
    for (const auto at : bins)
      for (const auto& [key, group] : groups_) {
        context().arena.reset();
        pass(row, group, at, to);
      }
  }

 private:
  using Group = std::map<std::int64_t, Kept>;
  void add(int slot) {
    if (std::ranges::find(slots_, slot) == slots_.end()) slots_.push_back(slot);
  }
  std::int64_t following(std::int64_t at) const {
    return ceil_time(at - plan_.offset_ms + 1, plan_.period) + plan_.offset_ms;
  }
  void pass(Row& row, const Group& group, std::int64_t at, Stage& to) {
    const auto there = group.find(at);
    if (there != group.end()) {
      there->second.restore(row, slots_);
      return to.take(row);
    }
    group.begin()->second.restore(row, slots_);  // for what else stands behind `by`
    for (const int slot : slots_)
      if (std::ranges::find(plan_.others, slot) == plan_.others.end()) row.set(slot, {});
    row.set(plan_.bin, Value::time(static_cast<double>(at)));
    for (const auto& [slot, value] : plan_.fills) row.set(slot, value->value(row));
    to.take(row);
  }

  const FillPlan& plan_;
  std::vector<int> slots_;
  std::map<std::string, Group> groups_;
  std::int64_t first_ = 0, last_ = 0;
  bool any_ = false;
};

class FillStep final : public Step {
 public:
  explicit FillStep(FillPlan plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<FillStage>(context, fields, next, plan_, live);
  }

 private:
  FillPlan plan_;
};

// VALUE is kept as it was written: a number, or a text in quotation marks.
NodePtr fill_value(const std::string& written, const Builder& builder) {
  query::Expression value;
  if (const auto number = parse_number(written)) {
    value.kind = query::Expression::Kind::kNumber;
    value.number = *number;
  } else if (written.size() >= 2 && (written[0] == '"' || written[0] == '\'')) {
    value.kind = query::Expression::Kind::kString;
    value.text = written.substr(1, written.size() - 2);
  } else {
    builder.refuse(fmt::format("fillmissing with {}: a number or a text is served", written));
  }
  return builder.expression(value);
}

}  // namespace

StepPtr build_fillmissing(const query::LateCommand& command, Builder& builder) {
  if (!known_options(command, builder, {})) return nullptr;
  if (!builder.bins) {
    builder.refuse("fillmissing stands behind `stats ... by bin(...)`");
    return nullptr;
  }
  FillPlan plan;
  plan.bin = builder.bins->slot;
  plan.period = builder.bins->period;
  plan.offset_ms = builder.bins->offset_ms;
  plan.others = builder.bins->others;
  builder.scope.note_read(plan.bin);
  for (const int slot : plan.others) builder.scope.note_read(slot);
  for (const auto& [written, field] : command.fills) {
    const auto place = builder.scope.find(field.text);
    if (place.slot < 0 || !place.path.empty()) {
      builder.around.refuse(field.span, fmt::format("there is no column '{}'", field.text));
      return nullptr;
    }
    plan.fills.emplace_back(place.slot, fill_value(written, builder));
  }
  return std::make_unique<FillStep>(std::move(plan));
}

}  // namespace seatrial::logs::run

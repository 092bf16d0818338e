// pattern, and diff behind it; logcompare, which is both at once. Source: CWL_QuerySyntax-Pattern,
// CWL_QuerySyntax-Diff, CWL_QuerySyntax-Logcompare.
//
// Columns of pattern: @pattern, @ratio, @sampleCount, @severityLabel, @regexString, @PatternId, as
// they are seen in results. AWS adds samples, tokens and a histogram for its console; not here.
// guess: what diff adds is named @diffEventCount (events more than before) and @diffRatio (of those
// before); no documentation says how.
#include <algorithm>

#include "logs/run/hash.h"
#include "logs/run/late.h"
#include "logs/run/templates.h"

namespace seatrial::logs::run {
namespace {

constexpr const char* kPatternNames[] = {"@pattern",       "@ratio",       "@sampleCount",
                                         "@severityLabel", "@regexString", "@PatternId"};
constexpr const char* kDiffNames[] = {"@diffEventCount", "@diffRatio"};

class PatternStep final : public Step {
 public:
  PatternStep(NodePtr value, std::vector<int> slots)
      : value_(std::move(value)), slots_(std::move(slots)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override;
  const Node& value() const { return *value_; }
  const std::vector<int>& slots() const { return slots_; }
  bool diff() const { return slots_.size() > std::size(kPatternNames); }
  void compare(Builder& builder) {
    for (const char* name : kDiffNames) {
      slots_.push_back(builder.define(name));
      builder.columns.show(name, slots_.back());
    }
  }
  bool groups() const override { return true; }

 private:
  NodePtr value_;
  std::vector<int> slots_;
};

class PatternStage final : public Stage {
 public:
  PatternStage(Context& context, const EventFields& fields, Stage* next, const PatternStep& step)
      : Stage(context, fields, next), step_(step) {}
  void take(Row& row) override {
    const auto value = step_.value().value(row);
    if (!value.present()) return;
    templates_.add(text_of(value, row.arena()), context().comparing);
    ++(context().comparing ? before_ : now_);
    if (const auto grown = templates_.take_growth()) context().hold(grown);
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    std::vector<const Templates::Cluster*> sorted;
    for (const auto& cluster : templates_.clusters()) sorted.push_back(&cluster);
    const auto weight = [this](const Templates::Cluster* c) {
      return step_.diff() ? std::abs(c->now - c->before) : c->now;
    };
    std::ranges::stable_sort(sorted, std::greater(), weight);
    Row row = made_row();
    for (const auto* cluster : sorted) {
      context().arena.reset();
      row.begin_made();
      fill(row, *cluster);
      to.take(row);
    }
  }

 private:
  void fill(Row& row, const Templates::Cluster& cluster) {
    auto& arena = context().arena;
    const auto& slots = step_.slots();
    const auto shown = arena.keep(Templates::shown(cluster));
    row.set(slots[0], Value::of(shown));
    if (now_ > 0)
      row.set(slots[1], Value::of(static_cast<double>(cluster.now) / static_cast<double>(now_)));
    row.set(slots[2], Value::of(static_cast<double>(cluster.now)));
    if (!cluster.severity.empty()) row.set(slots[3], Value::of(std::string_view(cluster.severity)));
    row.set(slots[4], Value::of(arena.keep(Templates::regex(cluster))));
    row.set(slots[5], Value::of(arena.keep(fmt::format("{:016x}", hash_bytes(shown)))));
    if (!step_.diff()) return;
    row.set(slots[6], Value::of(static_cast<double>(cluster.now - cluster.before)));
    if (cluster.before > 0)
      row.set(slots[7], Value::of(static_cast<double>(cluster.now - cluster.before) /
                                  static_cast<double>(cluster.before)));
  }

  const PatternStep& step_;
  Templates templates_;
  std::int64_t now_ = 0, before_ = 0;
};

std::unique_ptr<Stage> PatternStep::stage(Context& context, const EventFields& fields,
                                          Stage* next) const {
  return std::make_unique<PatternStage>(context, fields, next, *this);
}

std::unique_ptr<PatternStep> pattern_of(NodePtr value, Builder& builder) {
  auto reads = builder.scope.take_reads();
  builder.scope.close();
  builder.columns.reset();
  std::vector<int> slots;
  for (const char* name : kPatternNames) {
    slots.push_back(builder.define(name));
    builder.columns.show(name, slots.back());
  }
  auto step = std::make_unique<PatternStep>(std::move(value), std::move(slots));
  step->reads = std::move(reads);
  return step;
}

}  // namespace

StepPtr build_step(const query::PatternCommand& command, Builder& builder) {
  return pattern_of(builder.expression(command.value), builder);
}

// guess: what it shows is what pattern and diff show of @message.
StepPtr build_logcompare(const query::LateCommand& command, Builder& builder) {
  if (!command.fields.empty() || !known_options(command, builder, {})) {
    builder.refuse("behind logcompare there is timeshift and a length of time");
    return nullptr;
  }
  if (builder.scope.closed()) {
    builder.refuse("logcompare compares log events, and none are left here");
    return nullptr;
  }
  auto step = pattern_of(builder.field("@message"), builder);
  step->compare(builder);
  return step;
}

StepPtr build_step(const query::DiffCommand&, Builder& builder) {
  auto* pattern = dynamic_cast<PatternStep*>(builder.last);
  if (pattern == nullptr || pattern->diff())
    builder.refuse("diff stands right behind pattern");
  else
    pattern->compare(builder);
  return nullptr;
}

}  // namespace seatrial::logs::run

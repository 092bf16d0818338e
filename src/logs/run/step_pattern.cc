// pattern, and diff or anomaly behind it; logcompare, which is pattern and diff at once. Source:
// CWL_QuerySyntax-Pattern, CWL_QuerySyntax-Diff, CWL_QuerySyntax-Logcompare,
// CWL_QuerySyntax-Anomaly.
//
// Columns of pattern: @pattern, @ratio, @sampleCount, @severityLabel, @regexString, @PatternId, as
// they are seen in results. AWS adds samples, tokens and a histogram for its console; not here.
// guess: what diff adds is named @diffEventCount (events more than before) and @diffRatio (of those
// before); no documentation says how.
// guess: what anomaly adds is named as third parties report it, after members of the API's Anomaly;
// a pattern without an anomaly keeps its row, without those; the samples are JSON.
#include <algorithm>

#include "logs/run/anomalies.h"
#include "logs/run/hash.h"
#include "logs/run/json_text.h"
#include "logs/run/late.h"

namespace seatrial::logs::run {
namespace {

constexpr const char* kPatternNames[] = {"@pattern",       "@ratio",       "@sampleCount",
                                         "@severityLabel", "@regexString", "@PatternId"};
constexpr const char* kDiffNames[] = {"@diffEventCount", "@diffRatio"};
constexpr const char* kAnomalyNames[] = {"@description", "@anomalyLogSamples", "@priority",
                                         "@priorityScore", "@patternString"};
constexpr double kHighPriority = 0.7, kMediumPriority = 0.4;  // guess

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
  // What anomalies are found in; before the scope is closed.
  void watch(NodePtr time, NodePtr message) {
    time_ = std::move(time), message_ = std::move(message);
  }
  bool watches() const { return time_ != nullptr; }
  const Node& time() const { return *time_; }
  const Node& message() const { return *message_; }
  void tell(Builder& builder) {
    for (const char* name : kAnomalyNames) {
      told_.push_back(builder.define(name));
      builder.columns.show(name, told_.back());
    }
  }
  const std::vector<int>& told() const { return told_; }
  bool groups() const override { return true; }

 private:
  NodePtr value_, time_, message_;
  std::vector<int> slots_, told_;
};

class PatternStage final : public Stage {
 public:
  PatternStage(Context& context, const EventFields& fields, Stage* next, const PatternStep& step)
      : Stage(context, fields, next), step_(step), anomalies_(context.start_ms, context.end_ms) {}
  void take(Row& row) override {
    const auto value = step_.value().value(row);
    if (!value.present()) return;
    const auto text = text_of(value, row.arena());
    if (step_.watches()) {
      std::vector<std::string_view> pieces;
      const auto cluster = templates_.add(text, false, &pieces);
      anomalies_.see(cluster, static_cast<std::int64_t>(step_.time().value(row).number),
                     text_of(step_.message().value(row), row.arena()), pieces);
      if (const auto grown = anomalies_.take_growth()) context().hold(grown);
    } else {
      templates_.add(text, context().comparing);
    }
    ++(context().comparing ? before_ : now_);
    if (const auto grown = templates_.take_growth()) context().hold(grown);
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    std::vector<Shown> sorted;
    for (const auto& cluster : templates_.clusters()) {
      Shown shown{&cluster, {}};
      if (!step_.told().empty()) shown.anomalies = anomalies_.of(sorted.size(), cluster);
      sorted.push_back(std::move(shown));
    }
    const auto& first = templates_.clusters();
    const auto weight = [this](const Shown& shown) {
      const auto& c = *shown.cluster;
      return std::pair(shown.anomalies.empty() ? 0.0 : shown.anomalies[0].score,
                       step_.diff() ? std::abs(c.now - c.before) : c.now);
    };
    std::ranges::stable_sort(sorted, std::greater(), weight);
    Row row = made_row();
    for (const auto& [cluster, anomalies] : sorted) {
      context().arena.reset();
      row.begin_made();
      fill(row, *cluster);
      if (!anomalies.empty())
        tell(row, static_cast<std::size_t>(cluster - first.data()), anomalies);
      to.take(row);
    }
  }

 private:
  struct Shown {
    const Templates::Cluster* cluster = nullptr;
    std::vector<Anomaly> anomalies;
  };
  void tell(Row& row, std::size_t cluster, const std::vector<Anomaly>& anomalies) {
    auto& arena = context().arena;
    const auto& slots = step_.told();
    std::string description, samples;
    for (const auto& anomaly : anomalies)
      description += (description.empty() ? "" : "; ") + anomaly.description;
    for (const auto& sample : anomalies_.samples(cluster))
      samples += fmt::format("{}{{\"timestamp\":{},\"message\":{}}}", samples.empty() ? "" : ",",
                             sample.ms, json_quoted(sample.text));
    const double score = anomalies[0].score;
    row.set(slots[0], Value::of(arena.keep(description)));
    row.set(slots[1], Value::json(arena.keep("[" + samples + "]")));
    row.set(slots[2], Value::of(score >= kHighPriority     ? "HIGH"
                                : score >= kMediumPriority ? "MEDIUM"
                                                           : "LOW"));
    row.set(slots[3], Value::of(score));
    row.set(slots[4], Value::of(arena.keep(Templates::starred(templates_.clusters()[cluster]))));
  }
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
  Anomalies anomalies_;
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
  auto value = builder.expression(command.value);
  const bool watches = builder.behind != nullptr &&
                       std::holds_alternative<query::AnomalyCommand>(builder.behind->body);
  if (!watches) return pattern_of(std::move(value), builder);
  if (builder.scope.closed()) {
    builder.around.refuse(builder.behind->name, "anomaly looks at log events, and none are left");
    return nullptr;
  }
  auto time = builder.field("@timestamp"), message = builder.field("@message");
  auto step = pattern_of(std::move(value), builder);
  step->watch(std::move(time), std::move(message));
  return step;
}

StepPtr build_step(const query::AnomalyCommand&, Builder& builder) {
  auto* pattern = dynamic_cast<PatternStep*>(builder.last);
  if (pattern == nullptr || !pattern->watches() || !pattern->told().empty())
    builder.refuse("anomaly stands right behind pattern");
  else
    pattern->tell(builder);
  return nullptr;
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
  if (pattern == nullptr || pattern->diff() || pattern->watches())
    builder.refuse("diff stands right behind pattern");
  else
    pattern->compare(builder);
  return nullptr;
}

}  // namespace seatrial::logs::run

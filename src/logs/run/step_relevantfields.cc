// relevantfields [FIELD, ...] where CONDITION: the fields that tell events with the condition from
// those without. Source: CWL_QuerySyntax-RelevantFields, which names the columns and the scale.
//
// guess: the score. Of numbers it is the greatest distance of the two distributions
// (Kolmogorov-Smirnov); of other values Cramér's V with Bergsma's correction, so that identifiers,
// of which each event has its own, score nothing. An event without the field counts as a value of
// its own. guess: contributors are the three values whose share changes most, as JSON, and that
// change; @message, @timestamp, @ingestionTime and @ptr are not looked at unless they are named.
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "logs/run/build.h"
#include "logs/run/hash.h"

namespace seatrial::logs::run {
namespace {

constexpr std::size_t kMaxValues = 10'000;   // of a field; with more it is an identifier
constexpr std::size_t kMaxNumbers = 20'000;  // of a field and side; more are thinned out evenly
constexpr std::size_t kContributors = 3;
constexpr const char* kRelevantNames[] = {"@fieldName", "@relevanceScore",
                                          "@topRelevanceContributors", "@conditionalMedian",
                                          "@baselineMedian"};

// Some of many numbers, as far apart in their order of coming as memory asks for.
class Sample {
 public:
  void add(double x) {
    if (seen_++ % stride_ != 0) return;
    numbers_.push_back(x);
    if (numbers_.size() < 2 * kMaxNumbers) return;
    for (std::size_t i = 0; i < kMaxNumbers; ++i) numbers_[i] = numbers_[2 * i];
    numbers_.resize(kMaxNumbers);
    stride_ *= 2;
  }
  std::vector<double> sorted() const {
    auto out = numbers_;
    std::ranges::sort(out);
    return out;
  }

 private:
  std::vector<double> numbers_;
  std::size_t seen_ = 0, stride_ = 1;
};

struct Counts {
  std::int64_t of[2] = {0, 0};  // without and with the condition
};

struct Field {
  bool numbers = true, too_many = false;
  Counts present;
  Sample samples[2];
  std::unordered_map<std::string, Counts, HashBytes, std::equal_to<>> values;
};

struct Finding {
  std::string name, contributors;
  double score = 0;
  std::optional<double> medians[2];
};

std::optional<double> median(const std::vector<double>& sorted) {
  if (sorted.empty()) return std::nullopt;
  const auto half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return 0;
  double most = 0;
  std::size_t i = 0, k = 0;
  while (i < a.size() && k < b.size()) {
    const double at = std::min(a[i], b[k]);
    while (i < a.size() && a[i] <= at) ++i;
    while (k < b.size() && b[k] <= at) ++k;
    most = std::max(most, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                   static_cast<double>(k) / static_cast<double>(b.size())));
  }
  return most;
}

// Cramér's V of values against the condition, corrected for the number of values.
double association(const std::vector<Counts>& values, const Counts& total) {
  const double n[2] = {static_cast<double>(total.of[0]), static_cast<double>(total.of[1])};
  const double all = n[0] + n[1];
  if (n[0] <= 0 || n[1] <= 0 || values.size() < 2) return 0;
  double chi = 0;
  for (const auto& value : values)
    for (int side = 0; side < 2; ++side) {
      const double expected = static_cast<double>(value.of[0] + value.of[1]) * n[side] / all;
      const double off = static_cast<double>(value.of[side]) - expected;
      chi += off * off / expected;
    }
  const double k = static_cast<double>(values.size());
  const double phi = std::max(0.0, chi / all - (k - 1) / (all - 1));
  const double columns = 2 - 1 / (all - 1), rows = k - (k - 1) * (k - 1) / (all - 1);
  const double most = std::min(columns - 1, rows - 1);
  return most <= 0 ? 0 : std::min(1.0, std::sqrt(phi / most));
}

class Findings {
 public:
  explicit Findings(const Counts& total) : total_(total) {}

  Finding of(const std::string& name, const Field& field) const {
    Finding out;
    out.name = name;
    if (field.numbers && field.present.of[0] + field.present.of[1] > 0) {
      const auto base = field.samples[0].sorted(), with = field.samples[1].sorted();
      out.score = distance(base, with);
      out.medians[0] = median(base), out.medians[1] = median(with);
    } else if (!field.too_many) {
      auto counts = with_absent(field);
      out.score = association(counts, total_);
      out.contributors = contributors(field);
    }
    return out;
  }

 private:
  std::vector<Counts> with_absent(const Field& field) const {
    std::vector<Counts> out;
    for (const auto& [text, counts] : field.values) out.push_back(counts);
    const Counts absent{{total_.of[0] - field.present.of[0], total_.of[1] - field.present.of[1]}};
    if (absent.of[0] + absent.of[1] > 0) out.push_back(absent);
    return out;
  }
  double shift(const Counts& counts) const {
    const auto share = [&](int side) {
      return total_.of[side] == 0
                 ? 0.0
                 : static_cast<double>(counts.of[side]) / static_cast<double>(total_.of[side]);
    };
    return share(1) - share(0);
  }
  std::string contributors(const Field& field) const {
    std::vector<std::pair<double, std::string_view>> shifts;
    for (const auto& [text, counts] : field.values) shifts.emplace_back(shift(counts), text);
    std::ranges::sort(shifts, [](const auto& a, const auto& b) {
      return std::abs(a.first) != std::abs(b.first) ? std::abs(a.first) > std::abs(b.first)
                                                    : a.second < b.second;
    });
    std::string out = "{";
    for (std::size_t i = 0; i < std::min(shifts.size(), kContributors); ++i)
      out += (i == 0 ? "" : ",") + json_quoted(shifts[i].second) + ":" +
             format_number(shifts[i].first);
    return out + "}";
  }

  const Counts& total_;
};

struct Relevant {
  NodePtr condition;
  std::vector<std::pair<std::string, int>> fields;  // none: all of the events
  std::vector<int> slots;
};

class RelevantStage final : public Stage {
 public:
  RelevantStage(Context& context, const EventFields& fields, Stage* next, const Relevant& plan)
      : Stage(context, fields, next), plan_(plan) {}
  void take(Row& row) override {
    const int side = plan_.condition->holds(row) ? 1 : 0;
    ++total_.of[side];
    for (const auto& [name, slot] : plan_.fields) note(name, row.get(slot), side, row.arena());
    if (!plan_.fields.empty() || row.event() == nullptr) return;
    each_event_field(*row.event(), context().origin, row.arena(),
                     [&](const std::string& name, const Value& value) {
                       if (!is_of_every_event(name)) note(name, value, side, row.arena());
                     });
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    const Findings findings(total_);
    std::vector<Finding> sorted;
    for (const auto& [name, field] : fields_) sorted.push_back(findings.of(name, field));
    std::ranges::stable_sort(sorted, std::greater(), &Finding::score);
    Row row = made_row();
    for (const auto& finding : sorted) {
      context().arena.reset();
      row.begin_made();
      row.set(plan_.slots[0], Value::of(std::string_view(finding.name)));
      row.set(plan_.slots[1], Value::of(finding.score));
      if (!finding.contributors.empty())
        row.set(plan_.slots[2], Value::of(std::string_view(finding.contributors)));
      if (finding.medians[1]) row.set(plan_.slots[3], Value::of(*finding.medians[1]));
      if (finding.medians[0]) row.set(plan_.slots[4], Value::of(*finding.medians[0]));
      to.take(row);
    }
  }

 private:
  static bool is_of_every_event(std::string_view name) {
    return name == "@message" || name == "@timestamp" || name == "@ingestionTime" || name == "@ptr";
  }
  void note(const std::string& name, const Value& value, int side, Arena& arena) {
    auto& field = fields_[name];
    if (!value.present()) return;
    ++field.present.of[side];
    const auto number = number_of(value);
    field.numbers = field.numbers && number.has_value();
    if (number) {
      field.samples[side].add(*number);
      context().hold(
          field.present.of[side] < static_cast<std::int64_t>(kMaxNumbers) ? sizeof *number : 0);
    }
    if (field.too_many) return;
    const auto text = text_of(value, arena);
    auto known = field.values.find(text);
    if (known == field.values.end()) {
      field.too_many = field.values.size() == kMaxValues;
      if (field.too_many || !context().hold(text.size() + kPerValue)) return field.values.clear();
      known = field.values.emplace(text, Counts{}).first;
    }
    ++known->second.of[side];
  }

  static constexpr std::size_t kPerValue = 80;
  const Relevant& plan_;
  Counts total_;
  std::map<std::string, Field> fields_;
};

class RelevantStep final : public Step {
 public:
  explicit RelevantStep(Relevant plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<RelevantStage>(context, fields, next, plan_);
  }

 private:
  Relevant plan_;
};

}  // namespace

StepPtr build_step(const query::RelevantFieldsCommand& command, Builder& builder) {
  if (builder.scope.closed()) {
    builder.refuse("relevantfields looks at log events, and none are left here");
    return nullptr;
  }
  Relevant plan;
  plan.condition = builder.expression(command.condition);
  for (const auto& field : command.fields) {
    const auto place = builder.scope.find(field.text);
    builder.scope.note_read(place.slot);
    plan.fields.emplace_back(field.text, place.slot);
  }
  auto reads = builder.scope.take_reads();
  builder.scope.close();
  builder.columns.reset();
  for (const char* name : kRelevantNames) {
    plan.slots.push_back(builder.define(name));
    builder.columns.show(name, plan.slots.back());
  }
  auto step = std::make_unique<RelevantStep>(std::move(plan));
  step->reads = std::move(reads);
  return step;
}

}  // namespace seatrial::logs::run

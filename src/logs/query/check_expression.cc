// Functions and operands. See check.h.
#include <algorithm>

#include "logs/query/check.h"
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using NodeKind = Expression::Kind;

class ExpressionCheck {
 public:
  ExpressionCheck(bool after_stats, std::vector<Problem>& problems)
      : after_stats_(after_stats), problems_(problems) {}

  void value(const Expression& e, Position position) {
    if (e.kind == NodeKind::kCall) return call(e, position);
    if (e.kind == NodeKind::kNot) return condition(e.parts[0], position);
    if (e.kind == NodeKind::kBinary && (e.op == Operator::kAnd || e.op == Operator::kOr)) {
      for (const auto& part : e.parts) condition(part, position);
      return;
    }
    if (e.kind == NodeKind::kBinary) comparison(e);
    for (const auto& part : e.parts) value(part, inner(position));
  }
  // A part of a condition. `like /a/ or /b/`: the second one alone says nothing.
  void condition(const Expression& e, Position position) {
    if (e.kind == NodeKind::kString || e.kind == NodeKind::kRegex)
      add(Problem::Kind::kMeaning, e.span,
          "alone this is no condition: the field and the operator are repeated on both sides of "
          "`and` and `or`",
          Certainty::kLikely);
    value(e, position);
  }

 private:
  static Position inner(Position position) {
    return position == Position::kCondition ? Position::kValue : position;
  }
  void add(Problem::Kind kind, Span span, std::string message,
           Certainty certainty = Certainty::kCertain, std::string suggestion = {}) {
    problems_.push_back({kind, span, std::move(message), std::move(suggestion), certainty});
  }
  void call(const Expression& e, Position position) {
    if (e.function == nullptr) {
      add(Problem::Kind::kMeaning, e.name_span, fmt::format("there is no function '{}'", e.text),
          Certainty::kLikely, std::string(nearest_function(e.text)));
    } else {
      arity(e);
      arguments(e);
      place(e, position);
    }
    const bool aggregate = e.function != nullptr && e.function->aggregates();
    if (aggregate) ++aggregates_;
    for (const auto& part : e.parts) value(part, inner(position));
    if (aggregate) --aggregates_;
  }
  void arity(const Expression& e) {
    const auto& f = *e.function;
    if (e.parts.size() >= f.least && (f.most == kAnyNumber || e.parts.size() <= f.most)) return;
    const auto most = f.most == kAnyNumber ? fmt::format("{} or more", f.least)
                      : f.most == f.least  ? std::to_string(f.least)
                                           : fmt::format("{} to {}", f.least, f.most);
    add(Problem::Kind::kMeaning, e.span,
        fmt::format("{} takes {} argument{}, not {}", f.name, most,
                    f.least == 1 && f.most == 1 ? "" : "s", e.parts.size()),
        f.guessed ? Certainty::kGuess : Certainty::kCertain);
  }
  void arguments(const Expression& e) {
    for (std::size_t i = 0; i < e.parts.size(); ++i) {
      const auto kind = e.function->arguments[std::min<std::size_t>(i, 2)];
      const auto& part = e.parts[i];
      if (part.kind == NodeKind::kStar && kind != ArgumentKind::kCounted)
        add(Problem::Kind::kMeaning, part.span,
            fmt::format("* stands in count(*) only, not in {}", e.function->name),
            Certainty::kLikely);
      if (kind == ArgumentKind::kPeriod) period(e, part);
      if (kind == ArgumentKind::kSubnet && part.kind == NodeKind::kString &&
          !part.text.contains('/'))
        add(Problem::Kind::kMeaning, part.span, "a subnet is written as in \"10.0.0.0/8\"",
            Certainty::kLikely);
    }
    percentile(e);
  }
  void period(const Expression& e, const Expression& part) {
    // guess: a field's value or a sum is no length of time.
    if (part.kind == NodeKind::kNumber || part.kind == NodeKind::kString) {
      add(Problem::Kind::kMeaning, part.span,
          fmt::format("{} takes a length of time like 5m", e.function->name), Certainty::kLikely);
      return;
    }
    if (part.kind != NodeKind::kPeriod) return;
    const int most = largest_count(part.period.unit);
    if (e.function->family == Family::kDatetime && most > 0 && part.period.count > most)
      add(Problem::Kind::kIntent, part.span,
          fmt::format("{} counts at most {} {}s, and this is taken for them; a longer time is "
                      "written in the next unit",
                      e.function->name, most, unit_name(part.period.unit)),
          Certainty::kCertain, larger_unit(part.period));
  }
  static std::string larger_unit(const Period& period) {
    if (period.unit == PeriodUnit::kSecond && period.count % 60 == 0 && period.count <= 3600)
      return fmt::format("{}m", period.count / 60);
    if (period.unit == PeriodUnit::kSecond && period.count % 3600 == 0)
      return fmt::format("{}h", period.count / 3600);
    if (period.unit == PeriodUnit::kMinute && period.count % 60 == 0)
      return fmt::format("{}h", period.count / 60);
    return "";
  }
  void percentile(const Expression& e) {
    if (e.function->name != "pct" || e.parts.size() != 2) return;
    const auto& percent = e.parts[1];
    if (percent.kind == NodeKind::kNumber && (percent.number < 0 || percent.number > 100))
      add(Problem::Kind::kMeaning, percent.span, "a percentile is between 0 and 100",
          Certainty::kLikely);
  }
  void place(const Expression& e, Position position) {
    if (!e.function->aggregates() || (e.function->groups && position == Position::kGroup)) return;
    if (aggregates_ > 0 && !after_stats_)
      add(Problem::Kind::kMeaning, e.span,
          fmt::format("{} is an aggregate within another one", e.function->name),
          Certainty::kLikely);
    else if (position == Position::kGroup)
      add(Problem::Kind::kMeaning, e.span,
          fmt::format("{} is an aggregate: nothing is grouped by it", e.function->name),
          Certainty::kLikely);
    else if (position != Position::kStats && !after_stats_)
      add(Problem::Kind::kMeaning, e.span,
          fmt::format("{} is an aggregate: it stands in `stats` only", e.function->name));
  }
  void comparison(const Expression& e) {
    if (e.op != Operator::kEqual && e.op != Operator::kNotEqual) return;
    const auto& right = e.parts[1];
    if (right.kind != NodeKind::kString || right.text.size() < 3) return;
    if (right.text.starts_with('*') || right.text.ends_with('*'))
      add(Problem::Kind::kIntent, right.span,
          fmt::format(
              "= and != compare whole values: * is a character like others here; `{}` finds "
              "a part",
              e.op == Operator::kEqual ? "like" : "not like"),
          Certainty::kLikely);
  }

  bool after_stats_;
  std::vector<Problem>& problems_;
  int aggregates_ = 0;
};

}  // namespace

void check_expression(const Expression& expression, Position position, bool after_stats,
                      std::vector<Problem>& problems) {
  ExpressionCheck check(after_stats, problems);
  if (position == Position::kCondition)
    check.condition(expression, position);
  else
    check.value(expression, position);
}

bool aggregates(const Expression& expression) {
  if (expression.kind == NodeKind::kCall && expression.function != nullptr &&
      expression.function->aggregates())
    return true;
  return std::ranges::any_of(expression.parts, aggregates);
}

}  // namespace seatrial::logs::query

// Commands one behind the other: which names there are, which aggregates. See check.h.
#include "logs/query/check.h"

#include <algorithm>
#include <set>

#include "logs/query/commands.h"
#include "logs/query/lexer.h"

namespace seatrial::logs::query {
namespace {

using Kind = Expression::Kind;

// As a column is named: without spaces, in lower case, for comparing only.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

class QueryCheck {
 public:
  QueryCheck(std::string_view text, bool inside, std::vector<Problem>& problems)
      : text_(text), inside_(inside), problems_(problems) {}

  void begin_command() { unknown_ = {Problem::Kind::kMeaning, Certainty::kLikely}; }

  void operator()(const FieldsCommand& command) {
    names_here_.clear();
    for (const auto& item : command.items) {
      use(item.value, Position::kValue);
      if (!item.alias.empty()) define({item.alias, item.alias_span}, Certainty::kLikely);
    }
  }
  void operator()(const FilterCommand& command) {
    use(command.condition, Position::kCondition);
    if (command.index) indexed(command.condition);
  }
  void operator()(const StatsCommand& command) {
    unknown_.certainty = Certainty::kCertain;  // as the guide says of the second stats
    for (const auto& item : command.by) use(item.value, Position::kGroup);
    for (const auto& item : command.items) stats_item(command, item);
    std::set<std::string> left;
    names_here_.clear();
    for (const auto* items : {&command.items, &command.by})
      for (const auto& item : *items) {
        if (!item.alias.empty()) define_once({item.alias, item.alias_span});
        left.insert(column(item));
        if (!item.alias.empty()) left.insert(folded(written(item.value)));
      }
    after_stats_ = true;
    columns_known_ = true;
    columns_ = std::move(left);
    aliases_.clear();
  }
  void operator()(const SortCommand& command) {
    // guess: taken, as AWS's own examples do, and without effect.
    unknown_.kind = Problem::Kind::kIntent;
    for (const auto& key : command.keys) {
      use(key.item.value, Position::kValue);
      if (!key.item.alias.empty()) columns_.insert(folded(key.item.alias));
    }
  }
  void operator()(const LimitCommand&) {}
  void operator()(const ParseCommand& command) {
    if (command.source) use(*command.source, Position::kValue);
    names_here_.clear();
    for (const auto& field : command.fields) define(field, Certainty::kGuess);
  }
  void operator()(const DedupCommand& command) {
    for (const auto& field : command.fields) reference(field.text, field.span);
  }
  void operator()(const PatternCommand& command) {
    use(command.value, Position::kValue);
    columns_known_ = false;
  }
  void operator()(const DiffCommand&) { columns_known_ = false; }
  void operator()(const AnomalyCommand&) { columns_known_ = false; }
  void operator()(const UnmaskCommand& command) {
    for (const auto& field : command.fields) use(field, Position::kValue);
  }
  void operator()(const UnnestCommand& command) {
    use(command.list, Position::kValue);
    if (!command.into.text.empty()) columns_.insert(folded(command.into.text));
    columns_known_ = false;
  }
  void operator()(const JsonCommand& command) {
    reference(command.field.text, command.field.span);
    names_here_.clear();
    define(command.alias, Certainty::kGuess);
  }
  void operator()(const LookupCommand& command) {
    for (const auto& pair : command.match) reference(pair.event.text, pair.event.span);
    for (const auto& pair : command.output) columns_.insert(folded(pair.event.text));
  }
  void operator()(const RelevantFieldsCommand& command) {
    for (const auto& field : command.fields) reference(field.text, field.span);
    use(command.condition, Position::kCondition);
    columns_known_ = false;
  }
  void operator()(const CountFrequentCommand& command) {
    for (const auto& field : command.fields) reference(field.text, field.span);
    columns_known_ = false;
  }
  void operator()(const EstimateCommand&) {}
  void operator()(const JoinCommand& command) {
    if (command.query) inner(*command.query, false);
    columns_known_ = false;
  }
  void operator()(const LateCommand& command) {
    if (command.query) inner(*command.query, false);
    columns_known_ = false;
  }

 private:
  void add(Problem::Kind kind, Span span, std::string message, Certainty certainty) {
    problems_.push_back({kind, span, std::move(message), "", certainty});
  }
  void inner(const Query& query, bool inside) {
    for (const auto& problem : check(query, text_, inside)) problems_.push_back(problem);
  }
  void subqueries(const Expression& e) {
    if (e.query && inside_)
      add(Problem::Kind::kMeaning, e.span, "a subquery holds no other one", Certainty::kCertain);
    else if (e.query)
      inner(*e.query, true);
    for (const auto& part : e.parts) subqueries(part);
  }
  std::string_view written(const Expression& e) const {
    if (e.span.end > text_.size()) return {};
    return text_.substr(e.span.begin, e.span.end - e.span.begin);
  }
  std::string column(const Item& item) const {
    if (!item.alias.empty()) return folded(item.alias);
    return item.value.kind == Kind::kField ? folded(item.value.text) : folded(written(item.value));
  }
  void use(const Expression& e, Position position) {
    check_expression(e, position, after_stats_, problems_);
    references(e);
    subqueries(e);
  }
  // The fields that an expression names; a call that is the name of a column is one.
  void references(const Expression& e) {
    if (e.kind == Kind::kField) return reference(e.text, e.span);
    if (after_stats_ && columns_.contains(folded(written(e)))) return;
    if (e.kind == Kind::kCall && e.function != nullptr && e.function->name == "bin")
      return reference("@timestamp", e.span);
    for (const auto& part : e.parts) references(part);
  }
  // guess: AWS says "Unknown symbols found in or after stats", but not for which commands.
  void reference(const std::string& name, Span span) {
    if (!after_stats_ || !columns_known_) return;
    const auto wanted = folded(name);
    const bool known = std::ranges::any_of(columns_, [&](const std::string& column) {
      return wanted == column || wanted.starts_with(column + ".");
    });
    if (known || wanted == "@ptr") return;
    add(unknown_.kind, span,
        fmt::format("behind `stats` there is no field '{}': only its results and what stands "
                    "behind `by` are left",
                    name),
        unknown_.certainty);
  }
  // guess: seen to be refused for `fields`; `parse` is taken for the same, but not reported.
  void define(const Name& name, Certainty certainty) {
    if (!define_once(name)) return;
    columns_.insert(folded(name.text));
    if (!aliases_.insert(name.text).second)
      add(Problem::Kind::kMeaning, name.span,
          fmt::format("'{}' is defined for a second time: a field keeps its first meaning",
                      name.text),
          certainty);
  }
  bool define_once(const Name& name) {
    if (names_here_.insert(name.text).second) return true;
    add(Problem::Kind::kMeaning, name.span,
        fmt::format("two columns of one command have the name '{}'", name.text),
        Certainty::kCertain);
    return false;
  }
  void stats_item(const StatsCommand& command, const Item& item) {
    check_expression(item.value, Position::kStats, after_stats_, problems_);
    std::set<std::string> own;
    for (const auto* items : {&command.items, &command.by})
      for (const auto& other : *items)
        if (&other != &item) own.insert(column(other));
    std::set<std::string> both = columns_;
    both.merge(own);
    columns_.swap(both);
    references(item.value);
    columns_.swap(both);
    if (aggregates(item.value) || item.value.kind != Kind::kField) return;
    if (const auto* function = find_function(item.value.text);
        function != nullptr && function->aggregates())
      add(Problem::Kind::kMeaning, item.value.span,
          fmt::format("{} without parentheses is the name of a field", function->name),
          Certainty::kLikely);
  }
  // filterIndex looks for values, with = and in.
  void indexed(const Expression& e) {
    if (e.kind == Kind::kIn) return;
    if (e.kind == Kind::kBinary &&
        (e.op == Operator::kAnd || e.op == Operator::kOr || e.op == Operator::kEqual)) {
      if (e.op != Operator::kEqual)
        for (const auto& part : e.parts) indexed(part);
      return;
    }
    add(Problem::Kind::kMeaning, e.span, "filterIndex takes FIELD = VALUE and FIELD in [...]",
        Certainty::kLikely);
  }

  std::string_view text_;
  bool inside_;
  std::vector<Problem>& problems_;
  struct Unknown {
    Problem::Kind kind = Problem::Kind::kMeaning;
    Certainty certainty = Certainty::kLikely;
  };
  Unknown unknown_;  // what a field is that stats did not leave, for the command at hand
  bool after_stats_ = false, columns_known_ = false;
  std::set<std::string> columns_;     // behind stats
  std::set<std::string> aliases_;     // since the last stats
  std::set<std::string> names_here_;  // of the command at hand
};

}  // namespace

std::vector<Problem> check(const Query& query, std::string_view text, bool inside) {
  std::vector<Problem> problems;
  QueryCheck checker(text, inside, problems);
  for (const auto& command : query.commands) {
    checker.begin_command();
    std::visit([&](const auto& body) { checker(body); }, command.body);
  }
  check_order(query, problems);
  std::ranges::stable_sort(problems, {}, [](const Problem& problem) { return problem.span.begin; });
  return problems;
}

}  // namespace seatrial::logs::query

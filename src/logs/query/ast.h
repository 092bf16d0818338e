// An Insights query as data: what the parsers make, what check.cc judges, what an evaluator runs.
//
// Every command has a structure of its own; those that AWS added late and documents in a few lines
// keep their parts as they were written.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "logs/problem.h"
#include "logs/query/functions.h"
#include "logs/query/period.h"

namespace seatrial::logs::query {

struct Query;

enum class Operator {
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kLike,
  kNotLike,
  kMatches,  // =~
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
};

struct Expression {
  enum class Kind {
    kField,
    kNumber,
    kString,
    kPeriod,
    kRegex,
    kWord,     // true, false, null
    kStar,     // the argument of count(*)
    kCall,     // parts: its arguments
    kBinary,   // parts: left, right
    kNegate,   // parts: one
    kNot,      // parts: one
    kElement,  // value[index]; parts: value, index
    kIn,       // parts: the value, then the list's; or `query`
  };
  Kind kind = Kind::kField;
  Span span;
  std::string text;  // field: its name; string, regex: its content; call, word: as written
  double number = 0;
  Period period;
  Operator op = Operator::kOr;
  bool negated = false;                // kIn: not in
  const Function* function = nullptr;  // of a call; null when there is none of that name
  Span name_span;                      // of a call: the function's name
  std::vector<Expression> parts;
  std::shared_ptr<const Query> query;  // kIn: the subquery
};

// An expression with the name its column gets.
struct Item {
  Expression value;
  std::string alias;  // empty: the column is named as the expression is written
  Span alias_span;
};

struct Name {
  std::string text;
  Span span;
};

struct FieldsCommand {
  bool display = false;
  std::vector<Item> items;
};
struct FilterCommand {
  bool index = false;  // filterIndex
  Expression condition;
};
struct StatsCommand {
  std::vector<Item> items;
  std::vector<Item> by;
  std::optional<Period> offset;
};
struct SortCommand {
  struct Key {
    Item item;
    bool descending = false;
  };
  std::vector<Key> keys;
};
struct LimitCommand {
  bool tail = false;
  bool any = false;  // the first ones found, in no order
  std::int64_t count = 0;
};
struct ParseCommand {
  enum class Mode { kGlob, kRegex, kLogfmt, kCsv };
  Mode mode = Mode::kGlob;
  std::optional<Expression> source;  // @message when absent
  std::string pattern;               // of a glob, of a regex
  std::vector<Name> fields;          // names behind `as`; else the groups of a regex
  bool multi = false;                // of a regex: a row for every match
};
// json field=NAME "a.b" as NAME
struct JsonCommand {
  Name field;
  std::string path;
  Name alias;
};
struct DedupCommand {
  std::vector<Name> fields;
};
struct PatternCommand {
  Expression value;
};
struct DiffCommand {
  enum class Against { kPrevious, kDay, kWeek, kMonth, kShift };
  Against against = Against::kPrevious;
  Period shift;  // kShift: so much earlier (logcompare)
};
struct AnomalyCommand {};
struct UnmaskCommand {
  std::vector<Expression> fields;
};
struct UnnestCommand {
  bool expand = false;  // expand: into itself
  Expression list;
  Name into;
};
// lookup, cidrlookup
struct LookupCommand {
  struct Pair {
    Name table, event;  // the table's column, the event's field
  };
  bool cidr = false;
  bool fill = false;  // OUTPUTNEW: fields that are empty only
  std::string table;
  std::vector<Pair> match;
  std::vector<Pair> output;
};
struct RelevantFieldsCommand {
  std::vector<Name> fields;  // none: all
  Expression condition;
};
struct CountFrequentCommand {
  std::vector<Name> fields;
};
struct EstimateCommand {};
struct JoinCommand {
  bool left_outer = false;
  Name left, right;
  std::vector<std::pair<Name, Name>> on;
  std::shared_ptr<const Query> query;
};
// accum, addtotals, appendcols, autoregress, filldown, fillmissing, logcompare, outlier, sessionize
struct LateCommand {
  std::vector<std::pair<Name, std::string>> options;  // name=value, and `maxspan 1h`
  std::vector<Name> fields;                           // may end in * where wildcards are taken
  std::vector<std::pair<std::string, Name>> fills;    // fillmissing with VALUE for FIELD
  Name alias;
  std::optional<Period> shift;         // logcompare timeshift
  std::shared_ptr<const Query> query;  // appendcols
};

using Body =
    std::variant<FieldsCommand, FilterCommand, StatsCommand, SortCommand, LimitCommand,
                 ParseCommand, DedupCommand, PatternCommand, DiffCommand, AnomalyCommand,
                 UnmaskCommand, UnnestCommand, JsonCommand, LookupCommand, RelevantFieldsCommand,
                 CountFrequentCommand, EstimateCommand, JoinCommand, LateCommand>;

struct CommandKind;

struct Command {
  const CommandKind* kind = nullptr;  // commands.h
  Span span;
  Span name;
  Body body;
};

// SOURCE: which log groups.
struct Source {
  struct Call {  // logGroups(namePrefix: ['a'], class: ['STANDARD'])
    Name function;
    std::vector<std::pair<Name, std::vector<Name>>> arguments;
  };
  struct Tag {  // one of logGroupTags([{key: 'team', values: ['a', '!b*']}]); all must hold
    Name key;
    std::vector<Name> values;  // none: any
  };
  std::vector<Tag> tags;
  std::vector<Name> groups;  // 'name'
  std::vector<Call> calls;
  std::string rest;  // start=-1d end=now and what else follows, as written
  Span span;
};

struct Query {
  std::optional<Source> source;
  std::vector<Command> commands;
};

}  // namespace seatrial::logs::query

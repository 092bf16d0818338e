// A filter pattern as data: what the parsers (parse*.cc) make, what the matchers (match*.cc) and
// intent.cc read.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "logs/pattern/glob.h"
#include "logs/pattern/regex.h"
#include "logs/problem.h"

namespace seatrial::logs::pattern {

// ERROR "disk full" ?WARN -debug
struct Term {
  enum class Sign { kRequired, kOptional, kExcluded };
  Sign sign = Sign::kRequired;
  std::string text;
  bool quoted = false;
  bool joined = false;  // right behind the term before it: the -b of a-b
  Span span;            // with its sign
};

struct TextPattern {
  std::vector<Term> terms;     // empty: every event
  std::optional<Regex> regex;  // %...%: the whole pattern
};

enum class Operator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// What a field is compared with.
struct Value {
  std::string text;  // quotes removed
  bool quoted = false;
  std::optional<double> number;  // a bare number
  Glob glob;                     // of text; '*' is a wildcard, quoted or not
  std::optional<Regex> regex;
  Span span;
};

// A tree of tests joined by && and ||.
struct Condition {
  enum class Kind { kAnd, kOr, kCompare, kIsNull, kIsTrue, kIsFalse, kNotExists };
  Kind kind = Kind::kCompare;
  std::vector<Condition> children;  // of kAnd, kOr
  std::size_t field = 0;            // JSON: index into JsonPattern::selectors
  Operator op = Operator::kEqual;
  Value value;
  Span span;
};

// $.a.b[0], $.list[*], $.object.*, $.['a.b']
struct Selector {
  struct Step {
    enum class Kind { kKey, kElement, kAnyField, kAnyElement };
    Kind kind = Kind::kKey;
    std::string key;
    std::size_t index = 0;
    bool wild() const { return kind == Kind::kAnyField || kind == Kind::kAnyElement; }
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> steps;
  std::string text;                 // as written
  std::optional<std::size_t> wild;  // the step that is a wildcard: there is one at most
};

struct JsonPattern {
  Condition condition;
  std::vector<Selector> selectors;  // each once
};

// One place of [ip, user, ..., status_code = 4*, size]
struct Slot {
  std::string name;       // empty: a field without a name
  bool ellipsis = false;  // any number of fields
  std::optional<Condition> condition;
  Span span;
};

struct DelimitedPattern {
  std::vector<Slot> slots;  // empty: [], any number of fields
};

using Syntax = std::variant<TextPattern, JsonPattern, DelimitedPattern>;

// Whether the tree holds when `test(leaf)` says which leaves do. As deep as the parsers let it be.
template <class Test>
bool holds(const Condition& condition, const Test& test) {
  if (condition.kind == Condition::Kind::kAnd) {
    for (const auto& child : condition.children)
      if (!holds(child, test)) return false;
    return true;
  }
  if (condition.kind == Condition::Kind::kOr) {
    for (const auto& child : condition.children)
      if (holds(child, test)) return true;
    return false;
  }
  return test(condition);
}

}  // namespace seatrial::logs::pattern

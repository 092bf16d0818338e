// What an expression makes of a document, as Python's jmespath 1.1.0 does. Pure. Any thread.
//
// Where that package departs from the specification it is followed, since the AWS CLI runs it:
// strings may be ordered (`<`), a string and a number may not (an error, not null), 1 equals true
// inside lists and objects, a merge() looks at the kind of its first argument only.
// Kept differences: integers beyond 64 bits are doubles; a reference to an expression is never
// text.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "base/value.h"
#include "jmespath/ast.h"

namespace seatrial::jmespath {

struct EvaluateError {
  enum class Kind : std::uint8_t {
    kUnknownFunction,
    kArity,  // a function got too few or too many arguments
    kType,   // an argument of a kind that the function does not take; text compared to a number
    kValue,  // a slice's step of 0, ceil() of infinity
    kLimit,  // one of the limits below
  };
  Kind kind = Kind::kType;
  Range range;  // in the expression
  std::string message;
};

// Node visits and elements looked at: expressions can be written whose work doubles with each byte.
inline constexpr std::size_t kMaxSteps = 20'000'000;
// Of visits within each other, and of what a result may be nested.
inline constexpr int kMaxEvaluationDepth = 450;

// What a node came to, for those who look on.
enum class Outcome : std::uint8_t {
  kFailed,
  kNull,
  kFalse,
  kTrue,
  kNothing,    // "", [], {} or 0
  kSomething,  // anything else
};
using Observer = std::function<void(const Node&, Outcome)>;

struct EvaluateOptions {
  std::size_t max_steps = kMaxSteps;
  Observer observer;  // called after each visit of a node
};

// The document's depth is limited by its parser.
std::expected<Value, EvaluateError> evaluate(const Expression& expression, const Value& document,
                                             const EvaluateOptions& options = {});

}  // namespace seatrial::jmespath

// What is wrong with a query before it is run: an expression over the type of its input.
//
// Every problem claims something that is true for each document of that type (Claim); where the
// type does not decide, nothing is said. The claims are held against evaluate.h on random documents
// by tests/oracle/test_jmespath.py. Pure. Any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jmespath/ast.h"
#include "jmespath/type.h"

namespace seatrial::jmespath {

enum class ProblemKind : std::uint8_t {
  kSyntax,       // cannot be parsed; no such function; too few or too many arguments
  kField,        // a name that the value cannot have
  kType,         // an access, comparison or argument that can never fit
  kEnumLiteral,  // a value that the service's model does not list; services may gain values
};

// What the problem means when the query is run, of the node it is about.
enum class Claim : std::uint8_t {
  kNone,             // cannot be run
  kAlwaysNull,       // it is null (or an error)
  kNeverTrue,        // it is not true
  kNeverFalse,       // it is not false
  kFails,            // an error as soon as it is evaluated
  kFailsUnlessEmpty  // the same, but for empty lists and null
};

struct Problem {
  ProblemKind kind = ProblemKind::kType;
  Range range;             // bytes of the expression
  std::string message;     // a sentence without its full stop
  std::string suggestion;  // what to write in place of the range, or empty
  Claim claim = Claim::kNone;
  const Node* node = nullptr;  // valid with the expression; nullptr for syntax
};

struct Inference {
  Type type;                      // of the result; any where there are problems
  std::vector<Problem> problems;  // in the order in which they are met
};

inline constexpr std::size_t kMaxProblems = 50;

Inference infer(const Expression& expression, const Type& input);

// Parses and infers; what does not parse is one problem. Problems' nodes are gone: nullptr.
Inference infer(std::string_view expression, const Type& input);

}  // namespace seatrial::jmespath

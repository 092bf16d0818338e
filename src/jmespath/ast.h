// A parsed JMESPath expression: a tree whose every node knows its bytes in the expression.
//
// The tree is the one that Python's package builds (index expressions gather their indexes, a slice
// behind an index does not project), since that is what the AWS CLI evaluates; evaluate.cc and
// infer.cc walk the same tree, so that what is said about an expression is about what it does.
// Plain values. Any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/value.h"

namespace seatrial::jmespath {

// Bytes of the expression, [begin, end).
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const Range&) const = default;
};

enum class NodeKind : std::uint8_t {
  kCurrent,           // @
  kIdentity,          // what a projection without a right side applies
  kField,             // text
  kLiteral,           // literal
  kIndex,             // index
  kSlice,             // slice
  kSubexpression,     // children one after the other
  kIndexExpression,   // children[0], then indexes and slices
  kProjection,        // children: list, what applies to each element
  kValueProjection,   // children: object, what applies to each member's value
  kFilterProjection,  // children: list, what applies, condition
  kFlatten,           // children: list
  kComparator,        // children: left, right; comparator
  kOr,
  kAnd,
  kNot,
  kPipe,
  kMultiSelectList,
  kMultiSelectHash,      // children: kKeyValue
  kKeyValue,             // text; children: value
  kFunction,             // text; children: arguments
  kExpressionReference,  // children: what & refers to
};

enum class Comparator : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

inline bool is_ordering(Comparator c) {
  return c != Comparator::kEqual && c != Comparator::kNotEqual;
}

struct Slice {
  std::optional<std::int64_t> start, stop, step;
};

struct Node {
  NodeKind kind = NodeKind::kIdentity;
  Range range;  // all of it, without parentheses around it
  Range mark;   // what it is named by: the name, the operator, the bracket
  std::string text;
  bool quoted = false;  // a field in double quotes
  Comparator comparator = Comparator::kEqual;
  std::int64_t index = 0;
  Slice slice;
  Value literal;
  bool unknown = false;     // a literal of which a part is not known (kUnknownByte)
  std::uint32_t depth = 1;  // of the tree from here down
  std::vector<Node> children;
};

struct Expression {
  std::string text;
  Node root;
};

}  // namespace seatrial::jmespath

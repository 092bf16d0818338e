// A metric math expression as a tree.
#pragma once
#include <memory>
#include <string>
#include <vector>

namespace seatrial::metrics::math {

enum class Operator {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kPower,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr
};

struct Node {
  enum class Kind { kNumber, kString, kId, kWord, kArray, kNegate, kBinary, kCall };
  Kind kind = Kind::kNumber;
  std::size_t at = 0;  // byte of the expression
  double number = 0;
  std::string text;  // string; id (m1); word (AVG, DESC, REPEAT); the function's name
  Operator op = Operator::kAdd;
  std::vector<Node> children;
};

}  // namespace seatrial::metrics::math

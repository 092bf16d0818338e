// What comparisons can never be. The other half: inferrer.h.
#include <fmt/format.h>

#include <algorithm>

#include "jmespath/inferrer.h"
#include "jmespath/nearest.h"
#include "jmespath/python_json.h"

namespace seatrial::jmespath {
namespace {

// JSON has no such numbers; services send them as text, and botocore leaves them so.
bool is_number_in_words(const Node& node) {
  if (!is_text_literal(node)) return false;
  const std::string_view text = as_view(node.literal.get_string());
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

bool can_be_equal_kinds(const Type& left, const Type& right, bool nested) {
  if (left.is_any() || right.is_any()) return true;
  if (left.is_text() && right.is_text()) return true;
  if (left.is_object() && right.is_object()) return true;
  const bool numbers = left.is(TypeKind::kNumber) || right.is(TypeKind::kNumber);
  const bool booleans = left.is(TypeKind::kBoolean) || right.is(TypeKind::kBoolean);
  return left.kind() == right.kind() || (nested && numbers && booleans);
}

// What can be ordered, as a set of two.
struct Orderable {
  bool number = false, text = false;
};

Orderable orderable(const Type& type) {
  Orderable out;
  for (const Type& alternative : type.alternatives()) {
    out.number = out.number || alternative.is_any() || alternative.is(TypeKind::kNumber);
    out.text = out.text || alternative.is_any() || alternative.is_text();
  }
  return out;
}

// The same value as a literal of the other kind: '5' for 5, `5` for '5', `true` for 'true'.
std::string converted_literal(const Node& literal, const Type& wanted) {
  const bool text = is_text_literal(literal);
  if (!text && wanted.is_text()) {
    const bool scalar = literal.literal.is_number() || literal.literal.is_bool();
    return scalar ? "'" + to_python_json(literal.literal) + "'" : "";
  }
  if (!text) return {};
  const std::string value(as_view(literal.literal.get_string()));
  if (wanted.is(TypeKind::kBoolean)) {
    const std::string near = nearest_name(value, {"true", "false"});
    return near.empty() ? "" : "`" + near + "`";
  }
  const auto number = parse_python_json(value);
  return wanted.is(TypeKind::kNumber) && number && number->is_number() ? "`" + value + "`" : "";
}

}  // namespace

bool can_be_equal(const Type& left, const Type& right, bool nested) {
  for (const Type& one : left.alternatives()) {
    for (const Type& other : right.alternatives()) {
      if (can_be_equal_kinds(one, other, nested)) return true;
    }
  }
  return false;
}

bool is_solid(const Node& node) {
  return node.kind == NodeKind::kLiteral && !node.unknown && !node.literal.is_null();
}

bool is_text_literal(const Node& node) { return is_solid(node) && node.literal.is_string(); }

Type Inferrer::compare(const Node& node, const Type& current) {
  const Type left = visit(node.children[0], current);
  const Type right = visit(node.children[1], current);
  const bool nothing = left.is(TypeKind::kNull) || right.is(TypeKind::kNull);
  if (!nothing && is_ordering(node.comparator)) {
    check_order(node, left, right);
  } else if (!nothing) {
    check_equality(node, left, right);
  }
  return Type(TypeKind::kBoolean);
}

void Inferrer::check_equality(const Node& node, const Type& left, const Type& right) {
  const bool literal_left = is_solid(node.children[0]);
  if (!literal_left && !is_solid(node.children[1])) return;
  const Node& literal = node.children[literal_left ? 0 : 1];
  const Type& other = literal_left ? right : left;
  const Claim claim =
      node.comparator == Comparator::kEqual ? Claim::kNeverTrue : Claim::kNeverFalse;
  if (can_be_equal(left, right)) return check_literal(node, literal, other, claim);
  if (is_number_in_words(literal)) return;
  const Type& literal_type = literal_left ? left : right;
  problem(ProblemKind::kType, node, claim, literal.range,
          fmt::format("{} never equals {}", with_article(other), with_article(literal_type)))
      .suggestion = converted_literal(literal, other);
}

void Inferrer::check_literal(const Node& node, const Node& literal, const Type& other,
                             Claim claim) {
  if (!is_text_literal(literal)) return;
  const auto values = other.enum_values();
  const std::string value(as_view(literal.literal.get_string()));
  if (values.empty() || std::find(values.begin(), values.end(), value) != values.end()) return;
  const std::string near = nearest_name(value, values);
  Problem& found = problem(ProblemKind::kEnumLiteral, node, claim, literal.range,
                           fmt::format("'{}' is not among the values that the model lists", value));
  if (!near.empty()) found.suggestion = literal_like(literal, near);
}

std::string Inferrer::literal_like(const Node& literal, std::string_view value) const {
  const std::string_view text = source(literal.range);
  const std::string inside =
      text.starts_with("`\"") ? fmt::format("\"{}\"", value) : std::string(value);
  return text.front() + inside + text.front();
}

void Inferrer::check_order(const Node& node, const Type& left, const Type& right) {
  const Node &first = node.children[0], &second = node.children[1];
  if (!check_orderable(node, first, left) || !check_orderable(node, second, right)) return;
  const Orderable one = orderable(left), other = orderable(right);
  if ((one.number && other.number) || (one.text && other.text)) return;
  const bool literal_left = is_solid(first) && !is_solid(second);
  const Node& blamed = literal_left ? first : second;
  if (is_number_in_words(first) || is_number_in_words(second)) return;
  problem(ProblemKind::kType, node, Claim::kAlwaysNull, blamed.range,
          fmt::format("{} and {} cannot be ordered: the CLI stops with an error",
                      with_article(left), with_article(right)))
      .suggestion = converted_literal(blamed, literal_left ? right : left);
}

bool Inferrer::check_orderable(const Node& node, const Node& side, const Type& type) {
  const Orderable kinds = orderable(type);
  if (kinds.number || kinds.text) return true;
  problem(ProblemKind::kType, node, Claim::kAlwaysNull, side.range,
          fmt::format("only numbers and text can be ordered, and this is {}: always null",
                      with_article(type)));
  return false;
}

}  // namespace seatrial::jmespath

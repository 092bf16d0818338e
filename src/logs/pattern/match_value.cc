// Comparing one field with a pattern's value.
#include <charconv>
#include <limits>

#include "logs/pattern/cursor.h"
#include "logs/pattern/match.h"

namespace seatrial::logs::pattern {
namespace {

double out_of_range(std::string_view text) {
  const auto exponent = text.find_first_of("eE");
  const bool tiny = exponent != std::string_view::npos && text.substr(exponent).contains('-');
  const double size = tiny ? 0 : std::numeric_limits<double>::infinity();
  return text.starts_with('-') ? -size : size;
}

bool equals(const Field& field, const Value& value) {
  if (value.regex) return value.regex->found_in(field.text);
  if (value.number && field.may_be_number)
    if (const auto number = number_of(field.text)) return *number == *value.number;
  return value.glob.matches(field.text);
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
  auto digits = text;
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || !(is_digit(digits[0]) || digits[0] == '.')) return std::nullopt;
  if (text.starts_with('+')) text = digits;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc::result_out_of_range ? out_of_range(text) : number;
}

bool compares(double left, Operator op, double right) {
  switch (op) {
    case Operator::kEqual:
      return left == right;
    case Operator::kNotEqual:
      return left != right;
    case Operator::kLess:
      return left < right;
    case Operator::kLessEqual:
      return left <= right;
    case Operator::kGreater:
      return left > right;
    case Operator::kGreaterEqual:
      return left >= right;
  }
  return false;
}

bool compares(const Field& field, Operator op, const Value& value) {
  if (op == Operator::kEqual) return equals(field, value);
  if (op == Operator::kNotEqual) return !equals(field, value);
  if (!field.may_be_number) return false;
  const auto number = number_of(field.text);
  return number && compares(*number, op, value.number.value_or(0));
}

}  // namespace seatrial::logs::pattern

#include "wire/scalars.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/encoding.h"
#include "wire/text.h"
#include "wire/timestamps.h"

namespace seatrial::wire {
namespace {

using model::Kind;

Value integer_from(std::string_view text, Kind kind, std::string_view where, Faults& faults) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits = kind == Kind::kLong || (number >= std::numeric_limits<std::int32_t>::min() &&
                                            number <= std::numeric_limits<std::int32_t>::max());
  if (error == std::errc{} && end == text.data() + text.size() && fits) return number;
  faults.add(fmt::format("Value ({}) for parameter {} is invalid. It must be a whole number.", text,
                         where));
  return nullptr;
}

Value number_from(std::string_view text, std::string_view where, Faults& faults) {
  text = trim(text);
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && std::isfinite(number))
    return number;
  faults.add(
      fmt::format("Value ({}) for parameter {} is invalid. It must be a number.", text, where));
  return nullptr;
}

Value boolean_from(std::string_view text, std::string_view where, Faults& faults) {
  if (same_ignoring_case(trim(text), "true")) return true;
  if (same_ignoring_case(trim(text), "false")) return false;
  faults.add(fmt::format("Value ({}) for parameter {} is invalid. It must be true or false.", text,
                         where));
  return nullptr;
}

}  // namespace

bool is_scalar(Kind kind) {
  return kind != Kind::kStructure && kind != Kind::kList && kind != Kind::kMap &&
         kind != Kind::kDocument;
}

Value scalar_from_text(const model::Shape& shape, model::TimestampFormat format,
                       std::string_view text, std::string_view where, Faults& faults) {
  switch (shape.kind()) {
    case Kind::kString:
      if (valid_utf8(text)) return Value(text);
      faults.add(fmt::format("The parameter {} is not valid UTF-8.", where));
      return nullptr;
    case Kind::kBlob:
      if (auto bytes = base64_decode(trim(text))) return Value(*bytes);
      faults.add(fmt::format("The parameter {} is not valid base64.", where));
      return nullptr;
    case Kind::kBoolean:
      return boolean_from(text, where, faults);
    case Kind::kInteger:
    case Kind::kLong:
      return integer_from(text, shape.kind(), where, faults);
    case Kind::kFloat:
    case Kind::kDouble:
      return number_from(text, where, faults);
    case Kind::kTimestamp:
      if (const auto ms = parse_timestamp(text, format)) return *ms;
      faults.add(fmt::format("Value ({}) for parameter {} is invalid. It must be a timestamp.",
                             valid_utf8(text) ? text : "?", where));
      return nullptr;
    default:
      break;
  }
  faults.add(fmt::format("The parameter {} cannot be given as text.", where));
  return nullptr;
}

std::string scalar_to_text(const model::Shape& shape, model::TimestampFormat format,
                           const Value& value, bool always_millis) {
  switch (shape.kind()) {
    case Kind::kString:
      return std::string(string_of(value));
    case Kind::kBlob:
      return base64_encode(string_of(value));
    case Kind::kBoolean:
      ST_CHECK(value.is_bool(), "canonical boolean expected");
      return value.get_bool() ? "true" : "false";
    case Kind::kInteger:
    case Kind::kLong:
      return fmt::format("{}", integer_of(value));
    case Kind::kFloat:
    case Kind::kDouble:
      return format_double(number_of(value));
    case Kind::kTimestamp:
      return format_timestamp(integer_of(value), format, always_millis);
    default:
      break;
  }
  ST_CHECK(false, "a scalar shape expected");
  return {};
}

std::int64_t integer_of(const Value& value) {
  if (value.is_uint64()) return static_cast<std::int64_t>(value.get_uint64());
  ST_CHECK(value.is_int64(), "canonical integer expected");
  return value.get_int64();
}

double number_of(const Value& value) {
  ST_CHECK(value.is_number(), "canonical number expected");
  return value.to_number<double>();
}

std::string_view string_of(const Value& value) {
  ST_CHECK(value.is_string(), "canonical string expected");
  return as_view(value.get_string());
}

}  // namespace seatrial::wire

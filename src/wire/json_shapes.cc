#include "wire/json_shapes.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/encoding.h"
#include "wire/scalars.h"
#include "wire/text.h"
#include "wire/timestamps.h"

namespace seatrial::wire {
namespace {

using model::Kind;
using model::Location;
using model::Member;
using model::Shape;
using model::TimestampFormat;

TimestampFormat format_of(const Member* member, const Shape& shape) {
  return member != nullptr ? member->timestamp_format() : shape.timestamp_format();
}

// The token as AWS's own parser names it.
std::string_view token_name(const Value& json) {
  switch (json.kind()) {
    case boost::json::kind::string:
      return "STRING_VALUE";
    case boost::json::kind::bool_:
      return json.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case boost::json::kind::double_:
      return "DECIMAL_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

Value mismatch(const Value& json, std::string_view wanted, Faults& faults) {
  if (json.is_object()) {
    faults.add("Start of structure or map found where not expected.");
  } else if (json.is_array()) {
    faults.add("Start of list found where not expected");
  } else {
    faults.add(fmt::format("{} can not be converted to {}", token_name(json), wanted));
  }
  return nullptr;
}

Value to_integer(const Value& json, Kind kind, Faults& faults) {
  const std::string_view wanted = kind == Kind::kLong ? "a Long" : "an Integer";
  std::int64_t number = 0;
  if (json.is_int64()) {
    number = json.get_int64();
  } else if (json.is_double() && std::abs(json.get_double()) < 9.2e18 &&
             std::trunc(json.get_double()) == json.get_double()) {
    number = static_cast<std::int64_t>(json.get_double());
  } else {
    return mismatch(json, wanted, faults);
  }
  if (kind == Kind::kInteger && (number < std::numeric_limits<std::int32_t>::min() ||
                                 number > std::numeric_limits<std::int32_t>::max())) {
    return mismatch(json, wanted, faults);
  }
  return number;
}

Value to_number(const Value& json, Faults& faults) {
  if (json.is_number()) return json.to_number<double>();
  if (json.is_string()) {
    const auto text = as_view(json.get_string());
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  return mismatch(json, "a Double", faults);
}

Value to_timestamp(const Value& json, TimestampFormat format, Faults& faults) {
  std::optional<std::int64_t> ms;
  if (json.is_number())
    ms = timestamp_of_seconds(json.to_number<double>());
  else if (json.is_string())
    ms = parse_timestamp(as_view(json.get_string()), format);
  if (ms) return *ms;
  return mismatch(json, "a Timestamp", faults);
}

Value to_blob(const Value& json, Faults& faults) {
  if (!json.is_string()) return mismatch(json, "a Blob", faults);
  if (auto bytes = base64_decode(as_view(json.get_string()))) return Value(*bytes);
  faults.add("Invalid base64 in a blob");
  return nullptr;
}

Value to_structure(const Shape& shape, Value&& json, Faults& faults, bool body_only) {
  if (!json.is_object()) {
    return json.is_array() ? mismatch(json, "a structure", faults)
                           : (faults.add("Unexpected field type"), Value(nullptr));
  }
  Object& fields = json.get_object();
  Object out;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    if (body_only && member.location() != Location::kBody) continue;
    Value* field = fields.if_contains(wire_name(member));
    if (field == nullptr || field->is_null()) continue;
    out.emplace(member.name(), json_to_value(&member, member.shape(), std::move(*field), faults));
  }
  return out;
}

Value to_list(const Shape& shape, Value&& json, Faults& faults) {
  if (!json.is_array()) {
    return json.is_object() ? mismatch(json, "a list", faults)
                            : (faults.add("Expected list or null"), Value(nullptr));
  }
  const Member element = shape.element();
  const Shape element_shape = element.shape();
  for (Value& item : json.get_array()) {
    if (!item.is_null()) item = json_to_value(&element, element_shape, std::move(item), faults);
  }
  return std::move(json);
}

Value to_map(const Shape& shape, Value&& json, Faults& faults) {
  if (!json.is_object()) {
    return json.is_array() ? mismatch(json, "a map", faults)
                           : (faults.add("Expected map or null"), Value(nullptr));
  }
  const Member value = shape.value();
  const Shape value_shape = value.shape();
  for (auto& pair : json.get_object()) {
    if (!pair.value().is_null()) {
      pair.value() = json_to_value(&value, value_shape, std::move(pair.value()), faults);
    }
  }
  return std::move(json);
}

void append_structure(const Shape& shape, const Object& value, std::string& out, bool body_only) {
  out += '{';
  std::size_t known = 0;
  bool first = true;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    const Value* given = value.if_contains(member.name());
    if (given == nullptr) continue;
    ++known;
    if (given->is_null() || (body_only && member.location() != Location::kBody)) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(wire_name(member), out);
    out += ':';
    append_json(&member, member.shape(), *given, out);
  }
  ST_CHECK(known == value.size(), fmt::format("a member that {} does not have", shape.name()));
  out += '}';
}

void append_timestamp(const Member* member, const Shape& shape, const Value& value,
                      std::string& out) {
  const TimestampFormat format = format_of(member, shape);
  const std::int64_t ms = integer_of(value);
  if (format == TimestampFormat::kDefault || format == TimestampFormat::kUnix) {
    append_seconds(ms, out);
  } else {
    append_json_string(format_timestamp(ms, format), out);
  }
}

void append_number(double number, std::string& out) {
  if (std::isfinite(number))
    append_double(number, out);
  else
    append_json_string(format_double(number), out);
}

void append_list(const Shape& shape, const Array& items, std::string& out) {
  const Member element = shape.element();
  const Shape item_shape = element.shape();
  const char* separator = "";
  out += '[';
  for (const Value& item : items) {
    out += separator;
    separator = ",";
    if (item.is_null())
      out += "null";
    else
      append_json(&element, item_shape, item, out);
  }
  out += ']';
}

void append_map(const Shape& shape, const Object& entries, std::string& out) {
  const Member element = shape.value();
  const Shape item_shape = element.shape();
  const char* separator = "";
  out += '{';
  for (const auto& [key, item] : entries) {
    out += separator;
    separator = ",";
    append_json_string({key.data(), key.size()}, out);
    out += ':';
    if (item.is_null())
      out += "null";
    else
      append_json(&element, item_shape, item, out);
  }
  out += '}';
}

// What JSON writes otherwise than as it is.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x20 && text[at] != '"' &&
         text[at] != '\\')
    ++at;
  return at;
}

}  // namespace

Value parse_json_body(std::string_view body, Faults& faults) {
  body = trim(body);
  if (body.empty()) return nullptr;
  boost::json::parse_options options;
  options.max_depth = kMaxNesting;
  boost::system::error_code error;
  Value json =
      boost::json::parse(boost::json::string_view(body.data(), body.size()), error, {}, options);
  if (error == boost::json::error::too_deep)
    faults.add("The request is nested too deeply.");
  else if (error)
    faults.add("Unable to parse the request body as JSON.");
  return json;
}

Value json_to_value(const Member* member, const Shape& shape, Value&& json, Faults& faults,
                    bool body_only) {
  switch (shape.kind()) {
    case Kind::kStructure:
      return to_structure(shape, std::move(json), faults, body_only);
    case Kind::kList:
      return to_list(shape, std::move(json), faults);
    case Kind::kMap:
      return to_map(shape, std::move(json), faults);
    case Kind::kString:
      if (json.is_string()) return std::move(json);
      return mismatch(json, "a String", faults);
    case Kind::kBoolean:
      if (json.is_bool()) return std::move(json);
      return mismatch(json, "a Boolean", faults);
    case Kind::kInteger:
    case Kind::kLong:
      return to_integer(json, shape.kind(), faults);
    case Kind::kFloat:
    case Kind::kDouble:
      return to_number(json, faults);
    case Kind::kTimestamp:
      return to_timestamp(json, format_of(member, shape), faults);
    case Kind::kBlob:
      return to_blob(json, faults);
    case Kind::kDocument:
      return std::move(json);
  }
  return nullptr;
}

void append_json(const Member* member, const Shape& shape, const Value& value, std::string& out,
                 bool body_only) {
  switch (shape.kind()) {
    case Kind::kStructure:
      ST_CHECK(value.is_object(), fmt::format("canonical {} expected", shape.name()));
      return append_structure(shape, value.get_object(), out, body_only);
    case Kind::kList:
      ST_CHECK(value.is_array(), fmt::format("canonical {} expected", shape.name()));
      return append_list(shape, value.get_array(), out);
    case Kind::kMap:
      ST_CHECK(value.is_object(), fmt::format("canonical {} expected", shape.name()));
      return append_map(shape, value.get_object(), out);
    case Kind::kString:
      return append_json_string(string_of(value), out);
    case Kind::kBlob:
      return append_json_string(base64_encode(string_of(value)), out);
    case Kind::kBoolean:
      out += value.as_bool() ? "true" : "false";
      return;
    case Kind::kInteger:
    case Kind::kLong:
      return append_integer(integer_of(value), out);
    case Kind::kFloat:
    case Kind::kDouble:
      return append_number(number_of(value), out);
    case Kind::kTimestamp:
      return append_timestamp(member, shape, value, out);
    case Kind::kDocument:
      out += to_json(value);
      return;
  }
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  for (auto plain = plain_length(text);; plain = plain_length(text)) {
    out += text.substr(0, plain);
    if (plain == text.size()) break;
    const char c = text[plain];
    text.remove_prefix(plain + 1);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += fmt::format("\\u{:04x}", static_cast<int>(c));
    }
  }
  out += '"';
}

}  // namespace seatrial::wire

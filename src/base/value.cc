#include "base/value.h"

namespace seatrial {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxDepth = 128;

void pretty(const Value& v, int indent, int level, std::string& out);

void new_line(int indent, int level, std::string& out) {
  out.push_back('\n');
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(level), ' ');
}

void pretty_object(const Object& object, int indent, int level, std::string& out) {
  if (object.empty()) {
    out += "{}";
    return;
  }
  out.push_back('{');
  bool first = true;
  for (const auto& [key, member] : object) {
    if (!first) out.push_back(',');
    first = false;
    new_line(indent, level + 1, out);
    out += json::serialize(json::string_view(key));
    out += ": ";
    pretty(member, indent, level + 1, out);
  }
  new_line(indent, level, out);
  out.push_back('}');
}

void pretty_array(const Array& array, int indent, int level, std::string& out) {
  if (array.empty()) {
    out += "[]";
    return;
  }
  out.push_back('[');
  bool first = true;
  for (const auto& element : array) {
    if (!first) out.push_back(',');
    first = false;
    new_line(indent, level + 1, out);
    pretty(element, indent, level + 1, out);
  }
  new_line(indent, level, out);
  out.push_back(']');
}

void pretty(const Value& v, int indent, int level, std::string& out) {
  if (v.is_object()) {
    pretty_object(v.get_object(), indent, level, out);
  } else if (v.is_array()) {
    pretty_array(v.get_array(), indent, level, out);
  } else {
    out += json::serialize(v);
  }
}

}  // namespace

std::string to_json(const Value& v) { return json::serialize(v); }

std::string to_pretty_json(const Value& v, int indent) {
  std::string out;
  pretty(v, indent, 0, out);
  return out;
}

std::optional<Value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  options.allow_invalid_utf8 = true;
  json::error_code error;
  Value v = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return std::nullopt;
  return v;
}

}  // namespace seatrial

// The generic value: what a codec decodes to and encodes from, what a typed shape converts to and
// from, and what a record is stored as. Boost.JSON's value serves, with one canonical form:
//   structure, map -> object (absent member = absent key)     list -> array
//   timestamp      -> int64, milliseconds since the epoch     blob -> string of raw bytes
//   integer, long  -> int64        float, double -> double (NaN and infinities as such)
//   string, boolean as themselves  document -> any JSON
// A type of our own would buy little: this one is fast, tested, and orders keys as inserted.
#pragma once
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace seatrial {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

inline std::string_view as_view(const boost::json::string& s) { return {s.data(), s.size()}; }

// The member's value, or nullptr when `v` is no object or has no such key.
inline const Value* find_member(const Value& v, std::string_view key) {
  const auto* object = v.if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

// The member as text; empty when absent or not a string.
inline std::string_view text_member(const Value& v, std::string_view key) {
  const Value* member = find_member(v, key);
  return member != nullptr && member->is_string() ? as_view(member->get_string())
                                                  : std::string_view{};
}

// Compact JSON text. Raw bytes in strings pass through unharmed (canonical blobs).
std::string to_json(const Value& v);
// Indented by `indent` spaces a level, keys in order, as the AWS CLI prints.
std::string to_pretty_json(const Value& v, int indent = 4);
// Strict JSON, bytes in strings unchecked; empty on a syntax error or nesting over 128.
std::optional<Value> parse_json(std::string_view text);

}  // namespace seatrial

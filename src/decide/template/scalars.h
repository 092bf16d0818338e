// Small readings of template values that several steps of the engine share.
#pragma once
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/value.h"

namespace seatrial::decide {

inline std::string_view name_of(const boost::json::key_value_pair& member) {
  return {member.key().data(), member.key().size()};
}

// Scalars of any kind as the text AWS would make of them; empty for lists, maps and null.
inline std::optional<std::string> scalar_text(const Value& v) {
  if (v.is_string()) return std::string(as_view(v.get_string()));
  if (v.is_bool()) return v.get_bool() ? "true" : "false";
  if (v.is_int64()) return std::to_string(v.get_int64());
  if (v.is_double()) return fmt::format("{}", v.get_double());
  return std::nullopt;
}

}  // namespace seatrial::decide

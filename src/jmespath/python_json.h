// JSON as Python's json module reads and writes it: what literals and to_string() are made of.
//
// Problem: the AWS CLI's JMESPath is Python's, and its JSON has NaN, lone surrogates, later of two
// equal keys, control characters refused, and floats told from integers in text. Boost.JSON differs
// in each of them, so literals and to_string() have a reader and a writer of their own.
// Integers beyond 64 bits become doubles: the one difference kept.
// Strings are UTF-8; a lone surrogate has the three bytes that its code point would have.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/value.h"

namespace seatrial::jmespath {

inline constexpr int kMaxJsonDepth = 128;

// The whole text as one JSON value, or empty where Python's json.loads raises.
std::optional<Value> parse_python_json(std::string_view text);

// As json.dumps(value, separators=(",", ":")) writes it, in ASCII.
std::string to_python_json(const Value& value);

// As Python's repr(): "1.0", "1e-05", "1e+16", "inf", "nan".
std::string python_float(double number);

// Without what Python's str.strip() or str.lstrip() takes off.
std::string_view stripped(std::string_view text);
std::string_view left_stripped(std::string_view text);

// Code points, as Python counts them. A byte that is no UTF-8 counts as one.
std::size_t code_point_count(std::string_view text);
std::string reversed_text(std::string_view text);
// Bytes of the code point at the front of a text that is not empty.
std::size_t code_point_size(std::string_view text);

// int(text) and then float(text), as Python reads them; empty where both refuse.
std::optional<Value> python_number(std::string_view text);

}  // namespace seatrial::jmespath

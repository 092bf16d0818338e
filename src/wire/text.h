// Small text helpers the codecs share: what a caller's text means, without copying it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace seatrial::wire {

std::size_t code_points(std::string_view utf8);
bool same_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);
std::string upper_first(std::string_view text);
std::string lower_first(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// "a=1&b=2" as views of what is still encoded; a name without '=' has an empty value.
std::vector<std::pair<std::string_view, std::string_view>> split_form(std::string_view form);
// The decoded value of the first parameter with this (unencoded) name; `found` may be null.
std::string form_value(std::string_view form, std::string_view name, bool* found = nullptr);

// "1.5", "1.0", "1e+20"; NaN, Infinity and -Infinity as AWS spells them. Replies are made of
// numbers: these write behind what is there, without a string of their own.
void append_double(double number, std::string& out);
void append_integer(std::int64_t number, std::string& out);
std::string format_double(double number);

}  // namespace seatrial::wire

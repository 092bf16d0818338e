// The matchers of the three languages.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "logs/pattern/ast.h"
#include "logs/pattern/pattern.h"

namespace seatrial::logs::pattern {

bool matches(const TextPattern& pattern, std::string_view message);
bool matches(const JsonPattern& pattern, std::string_view message);
bool matches(const DelimitedPattern& pattern, std::string_view message);

std::optional<Captures> captures(const TextPattern& pattern, std::string_view message);
std::optional<Captures> captures(const JsonPattern& pattern, std::string_view message);
std::optional<Captures> captures(const DelimitedPattern& pattern, std::string_view message);

// The number that the whole text is: sign, digits, fraction, exponent.
std::optional<double> number_of(std::string_view text);
bool compares(double left, Operator op, double right);

// One field of a message: a JSON value's text or a word between spaces.
struct Field {
  std::string_view text;
  bool may_be_number = true;  // compared as a number where the pattern's value is one
};
bool compares(const Field& field, Operator op, const Value& value);

// Intent: see Pattern::misleading.
std::vector<Problem> misleading(const TextPattern& pattern);
std::vector<Problem> misleading(const JsonPattern& pattern);
std::vector<Problem> misleading(const DelimitedPattern& pattern);

}  // namespace seatrial::logs::pattern

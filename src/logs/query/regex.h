// The regular expressions of queries. AWS names Hyperscan as its library; RE2 stands in for it,
// with
// (?<name>...) for its (?P<name>...).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs::query {

// The expression as RE2 reads it.
std::string for_re2(std::string_view source);
// What is wrong with it in any dialect: parentheses, brackets, repetitions. Nothing is said of what
// RE2 only happens not to have (lookaround, back references).
std::optional<std::string> regex_problem(std::string_view source);
// The names of its groups, in order.
std::vector<std::string> group_names(std::string_view source);

}  // namespace seatrial::logs::query

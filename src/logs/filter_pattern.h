// Filter patterns over the text of a log event: what FilterLogEvents, and later metric and
// subscription filters, select by.
//
// Served: terms (all must occur), "exact phrases", ?optional terms (one must occur), -exclusions.
// Patterns for JSON and delimited events and %regular expressions% are told apart and refused.
// Source: the CloudWatch Logs guide, "Filter pattern syntax". Pure: no clock, no store.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs {

class FilterPattern {
 public:
  // The error says what is wrong with the pattern, or which kind of it is not served.
  static std::expected<FilterPattern, std::string> parse(std::string_view text);

  bool matches(std::string_view message) const;  // case-sensitive; any thread

 private:
  std::vector<std::string> required_, optional_, excluded_;
};

}  // namespace seatrial::logs

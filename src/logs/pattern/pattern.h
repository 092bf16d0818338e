// Filter patterns: what FilterLogEvents, live tail, metric and subscription filters select by.
//
// Three languages in one parameter, told apart by the first character: terms (or one %regular
// expression%), { conditions on JSON fields }, [conditions on fields between spaces]. Source: the
// CloudWatch Logs guide, "Filter pattern syntax". Pure: no clock, no store. What AWS leaves open is
// marked as a guess beside the code that decides it: parse_*.cc and match_*.cc.
#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logs/problem.h"

namespace seatrial::logs::pattern {

inline constexpr std::size_t kMaxPatternCharacters = 1024;  // the service model's FilterPattern
inline constexpr std::size_t kMaxRegexes = 2;               // of a JSON or delimited pattern
inline constexpr std::size_t kMaxWildcards = 3;             // selectors like $.a[*] of a pattern
inline constexpr std::size_t kMaxNesting = 128;             // of parentheses
inline constexpr std::size_t kMaxJsonNesting = 128;         // of a message; deeper is no JSON

enum class Kind { kText, kJson, kDelimited };

// Field names as metric filters write them ("$.latency", "$bytes", "$3" for the third of an event
// whose field has no name) and the values of one event.
using Captures = std::vector<std::pair<std::string, std::string>>;

// Immutable and cheap to copy; any thread.
class Pattern {
 public:
  // The problem's span is in bytes of `text`.
  static std::expected<Pattern, Problem> parse(std::string_view text);

  Kind kind() const;
  bool matches(std::string_view message) const;  // case-sensitive
  // Bytes that each message that matches contains: a hint for whoever can skip messages by them.
  std::vector<std::string> needles() const;
  // The values of the pattern's own fields in a message that matches; none where it does not.
  std::optional<Captures> captures(std::string_view message) const;

  // What the pattern surely cannot do although it seems meant to: problems of kind kIntent.
  std::vector<Problem> misleading() const;

 private:
  struct Parsed;
  explicit Pattern(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

  std::shared_ptr<const Parsed> parsed_;
};

// The string or number that `selector` ("$.a.b[0]") leads to in a JSON message. Metric values and
// dimensions may name fields that the pattern does not.
std::optional<std::string> json_value(std::string_view message, std::string_view selector);

}  // namespace seatrial::logs::pattern

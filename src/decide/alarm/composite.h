// The rule of a composite alarm: parsed, with places of what is wrong, and evaluated. Pure.
//
//   rule := rule OR rule | rule AND rule | NOT rule | ( rule ) | TRUE | FALSE
//         | STATE(alarm) | AT_LEAST(count | percent%, [NOT] STATE, (alarm, alarm, ...))
//   STATE := ALARM | OK | INSUFFICIENT_DATA;  alarm := name or ARN, quoted or not
// NOT binds tightest, then AND, then OR.
// Source: CloudWatch user guide, "Create a composite alarm"; PutCompositeAlarm's AlarmRule.
#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "decide/alarm/alarm.h"

namespace seatrial::decide {

inline constexpr std::size_t kMaxAlarmRule = 10'240;       // characters
inline constexpr std::size_t kMaxAlarmRuleElements = 500;  // states, constants, operators
inline constexpr std::size_t kMaxAlarmRuleChildren = 100;  // alarms it names
inline constexpr int kMaxAlarmRuleDepth = 100;             // guess: of parentheses

struct AlarmExpression {
  enum class Kind { kConstant, kState, kNot, kAnd, kOr, kAtLeast } kind = Kind::kConstant;
  bool value = false;                     // kConstant
  AlarmState state = AlarmState::kAlarm;  // kState, kAtLeast
  bool negated = false;                   // kAtLeast: NOT STATE
  double least = 0;                       // kAtLeast
  bool percent = false;                   // kAtLeast: least is a percentage
  std::vector<std::string> alarms;        // kState: one; kAtLeast: the list
  std::vector<AlarmExpression> operands;  // kNot: one; kAnd, kOr: two or more
};

struct AlarmRuleError {
  std::size_t at = 0;  // byte in the rule
  std::string message;
};

std::expected<AlarmExpression, AlarmRuleError> parse_alarm_rule(std::string_view rule);

// Names and ARNs in it, each once, in order.
std::vector<std::string> alarms_of(const AlarmExpression& expression);

// An alarm that is gone counts as in no state at all: guess.
using StateOf = std::function<std::optional<AlarmState>(const std::string& alarm)>;
bool holds(const AlarmExpression& expression, const StateOf& state_of);

}  // namespace seatrial::decide

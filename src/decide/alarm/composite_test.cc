#include "decide/alarm/composite.h"

#include <gmock/gmock.h>

#include <map>

namespace seatrial::decide {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Alarms a, b, c are in ALARM, OK and INSUFFICIENT_DATA; others do not exist.
bool holds(std::string_view rule) {
  const std::map<std::string, AlarmState> states = {
      {"a", AlarmState::kAlarm}, {"b", AlarmState::kOk}, {"c", AlarmState::kInsufficientData}};
  const auto parsed = parse_alarm_rule(rule);
  EXPECT_TRUE(parsed) << rule << ": " << parsed.error().message;
  return parsed && decide::holds(*parsed, [&](const std::string& name) {
           const auto found = states.find(name);
           return found == states.end() ? std::nullopt : std::optional(found->second);
         });
}

AlarmRuleError error_of(std::string_view rule) {
  const auto parsed = parse_alarm_rule(rule);
  EXPECT_FALSE(parsed) << rule;
  return parsed ? AlarmRuleError{} : parsed.error();
}

TEST(AlarmRule, StatesAndConstants) {
  EXPECT_TRUE(holds("ALARM(a)"));
  EXPECT_TRUE(holds("OK(\"b\")"));
  EXPECT_TRUE(holds("INSUFFICIENT_DATA('c')"));
  EXPECT_FALSE(holds("ALARM(b)"));
  EXPECT_TRUE(holds("TRUE"));
  EXPECT_FALSE(holds("FALSE"));
  EXPECT_FALSE(holds("OK(gone) OR ALARM(gone) OR INSUFFICIENT_DATA(gone)"));
}

TEST(AlarmRule, NotBindsBeforeAndBeforeOr) {
  EXPECT_TRUE(holds("TRUE OR FALSE AND FALSE"));
  EXPECT_FALSE(holds("(TRUE OR FALSE) AND FALSE"));
  EXPECT_TRUE(holds("NOT FALSE AND TRUE"));
  EXPECT_FALSE(holds("NOT (FALSE OR TRUE)"));
  EXPECT_TRUE(holds("ALARM(a) AND OK(b) AND NOT OK(c)"));
}

TEST(AlarmRule, AtLeastCountsOrTakesAShare) {
  EXPECT_TRUE(holds("AT_LEAST(1, ALARM, (a, b, c))"));
  EXPECT_FALSE(holds("AT_LEAST(2, ALARM, (a, b, c))"));
  EXPECT_TRUE(holds("AT_LEAST(2, NOT ALARM, (a, b, c))"));
  EXPECT_TRUE(holds("AT_LEAST(50%, OK, (a, b))"));
  EXPECT_FALSE(holds("AT_LEAST(50%, OK, (a, b, c))"));
}

TEST(AlarmRule, NamesEachAlarmOnce) {
  const auto rule = parse_alarm_rule(
      "ALARM(a) OR (OK(arn:aws:cloudwatch:us-east-1:123456789012:alarm:x) AND "
      "AT_LEAST(1, ALARM, (a, 'b c')))");
  ASSERT_TRUE(rule);
  EXPECT_THAT(alarms_of(*rule),
              ElementsAre("a", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x", "b c"));
}

TEST(AlarmRule, SaysWhereItIsWrong) {
  EXPECT_EQ(error_of("").at, 0u);
  EXPECT_EQ(error_of("ALARM(a) ALARM(b)").at, 9u);
  EXPECT_EQ(error_of("ALARM(a) AND").at, 12u);
  EXPECT_THAT(error_of("ALRM(a)").message, HasSubstr("is expected"));
  EXPECT_THAT(error_of("ALARM(").message, HasSubstr("name of an alarm"));
  EXPECT_THAT(error_of("ALARM(\"a)").message, HasSubstr("quote"));
  EXPECT_THAT(error_of("AT_LEAST(0, ALARM, (a))").message, HasSubstr("count"));
  EXPECT_THAT(error_of("AT_LEAST(101%, ALARM, (a))").message, HasSubstr("percentage"));
  EXPECT_THAT(error_of("AT_LEAST(1.5, ALARM, (a))").message, HasSubstr("count"));
  EXPECT_THAT(error_of("(ALARM(a)").message, HasSubstr("')'"));
}

TEST(AlarmRule, HasLimits) {
  EXPECT_THAT(error_of(std::string(kMaxAlarmRule + 1, ' ')).message, HasSubstr("longer"));
  EXPECT_THAT(error_of(std::string(5000, '(')).message, HasSubstr("deeply"));
  std::string many = "TRUE";
  for (int i = 0; i < 501; ++i) many += " OR TRUE";
  EXPECT_THAT(error_of(many).message, HasSubstr("500 elements"));
  std::string children = "ALARM(x)";
  for (int i = 0; i < 100; ++i) children += " OR ALARM(x" + std::to_string(i) + ")";
  EXPECT_THAT(error_of(children).message, HasSubstr("100 alarms"));
}

}  // namespace
}  // namespace seatrial::decide

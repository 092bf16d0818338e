#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;

// "LINE:COLUMN part" of each finding in a document of commands and their expected output, which
// begins on line 6 behind a command of one line.
std::vector<std::string> expect_enum_in(std::string_view shell, std::string_view output,
                                        std::string_view introduction = "Expected output:",
                                        const testing::Setting& setting = {}) {
  const std::string markdown =
      fmt::format("```bash\n{}\n```\n{}\n```\n{}\n```\n", shell, introduction, output);
  std::vector<std::string> out;
  for (const auto& finding : check("expect-enum", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

TEST(ExpectEnum, StandsAtTheValue) {
  EXPECT_THAT(
      expect_enum_in("aws cloudwatch describe-alarms --query 'MetricAlarms[0].{State: StateValue}'",
                     "{\n  \"State\": \"Alarm\"\n}"),
      ElementsAre("7:13 Alarm -> ALARM"));
  EXPECT_THAT(expect_enum_in("aws cloudwatch describe-alarms --output table "
                             "--query 'MetricAlarms[].{State: StateValue, Name: AlarmName}'",
                             "+---+---+\n| Name | State |\n+---+---+\n| a | FIRING |\n+---+---+"),
              ElementsAre("9:7 FIRING"));
}

TEST(ExpectEnum, TablesBehindTheExpectedOneToo) {
  EXPECT_THAT(expect_enum_in("aws cloudwatch describe-alarms --output table "
                             "--query 'MetricAlarms[].{State: StateValue, Name: AlarmName}'",
                             "| Name | State |\n|---|---|\n| a | FIRING |", "Error pattern:"),
              ElementsAre("8:7 FIRING"));
  EXPECT_THAT(expect_enum_in("aws cloudwatch describe-alarms --output table "
                             "--query 'MetricAlarms[].{State: StateValue, Name: AlarmName}'",
                             "| Who | State |\n|---|---|\n| a | FIRING |", "Error pattern:"),
              IsEmpty());
}

TEST(ExpectEnum, OpenTextAndStandInsFit) {
  EXPECT_THAT(
      expect_enum_in("aws ecs describe-services --query 'services[0].status'", "\"Active\""),
      IsEmpty());
  for (const char* value : {"ALARM", "OK|ALARM", "<state>", "..."}) {
    EXPECT_THAT(
        expect_enum_in("aws cloudwatch describe-alarms --query 'MetricAlarms[0].{s: StateValue}'",
                       fmt::format("{{\"s\": \"{}\"}}", value)),
        IsEmpty());
  }
  EXPECT_THAT(expect_enum_in("aws dms describe-endpoints --query 'Endpoints[0].EndpointType'",
                             "\"SOURCE\""),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

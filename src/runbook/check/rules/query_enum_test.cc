#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;
using testing::places;

// "LINE:COLUMN part" of each finding; the shell text begins on line 2.
std::vector<std::string> query_enum_in(std::string_view shell,
                                       const testing::Setting& setting = {}) {
  const std::string markdown = "```bash\n" + std::string(shell) + "\n```\n";
  std::vector<std::string> out;
  for (const auto& finding : check("query-enum", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

TEST(QueryEnum, AWarningAtTheValue) {
  const std::string markdown =
      "```bash\naws ec2 describe-volumes --query 'Volumes[?State==`Available`].VolumeId'\n```\n";
  const auto findings = check("query-enum", markdown);
  EXPECT_THAT(places(findings), ElementsAre("2:51 query-enum warning"));
  EXPECT_EQ(marked(findings[0], markdown), "`Available`");
  EXPECT_EQ(findings[0].suggestion, "`available`");
}

TEST(QueryEnum, WhereverAValueIsLookedFor) {
  EXPECT_THAT(query_enum_in(
                  "aws cloudwatch describe-alarms --query \"MetricAlarms[?StateValue=='Alarm']\""),
              ElementsAre("2:67 'Alarm' -> 'ALARM'"));
  EXPECT_THAT(
      query_enum_in("aws ec2 describe-volumes --query \"Volumes[?starts_with(State,'IN')]\""),
      ElementsAre("2:62 'IN'"));
  EXPECT_THAT(
      query_enum_in("aws sqs get-queue-attributes --queue-url u --query Attributes.QueueARN"),
      ElementsAre("2:63 QueueARN -> QueueArn"));
}

TEST(QueryEnum, OpenTextIsNotJudged) {
  EXPECT_THAT(query_enum_in("aws ecs describe-services --query \"services[?status=='Active']\""),
              IsEmpty());
  EXPECT_THAT(query_enum_in("aws ec2 describe-volumes --query \"Volumes[?State=='$S']\""),
              IsEmpty());
  EXPECT_THAT(query_enum_in("aws ec2 describe-volumes --query \"Volumes[?State=='in-use']\""),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

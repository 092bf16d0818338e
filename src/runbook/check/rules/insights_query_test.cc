#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> insights_query_in(const std::string& markdown) {
  std::vector<std::string> out;
  for (const auto& f : testing::check("insights-query", markdown))
    out.push_back(fmt::format("{}:{} {} {}", f.line, f.column, severity_name(f.severity),
                              testing::marked(f, markdown)));
  return out;
}

TEST(InsightsQueryRule, LooksIntoCommands) {
  const std::string start =
      "```bash\naws logs start-query --log-group-name g --start-time 1 "
      "--end-time 2 --query-string ";
  EXPECT_THAT(insights_query_in(start + "'fields @timestamp | sort @timestamp descending'\n```\n"),
              ElementsAre("2:121 error descending"));
  EXPECT_THAT(insights_query_in(start + "'fields a\n  | filter b like ERROR\n  | limit 5'\n```\n"),
              ElementsAre("3:19 warning ERROR"));
  EXPECT_THAT(
      insights_query_in(start + "'stats sum(a) by bin(300s) | sort a | stats max(b)'\n```\n"),
      ElementsAre("2:105 warning 300s", "2:113 error sort", "2:118 warning a", "2:132 error b"));
  EXPECT_THAT(insights_query_in(start + "\"fields $F\"\n```\n"), IsEmpty());
  EXPECT_THAT(insights_query_in(start + "'SELECT a FROM b' --query-language SQL\n```\n"),
              IsEmpty());
  EXPECT_THAT(insights_query_in("```bash\naws logs put-query-definition --name n --query-string "
                                "'filter count(*) > 1'\n```\n"),
              ElementsAre("2:63 error count(*)"));
}

TEST(InsightsQueryRule, LooksIntoFencesOfItsOwn) {
  EXPECT_THAT(insights_query_in(
                  "1. x\n\n   ```insights\n   # errors\n   fields @message\n\n   | filter a ==\n"
                  "   ```\n"),
              ElementsAre("7:15 warning =="));
  EXPECT_THAT(
      insights_query_in(
          "```sql\n-- Errors\nfields @timestamp, @message\n| filter @message like /x/\n"
          "| stats count() by bin(5m)\n\n-- More\nstats count(x, y)\n| sort z\n```\n"),
      ElementsAre("2:1 warning --", "7:1 warning --", "8:7 error count(x, y)", "9:8 warning z"));
  EXPECT_THAT(
      insights_query_in("```\nfields @timestamp,\n  @message\n| sort @timestamp dsc\n```\n"),
      ElementsAre("4:19 error dsc"));
}

TEST(InsightsQueryRule, FindsQueriesAmongShellCommands) {
  EXPECT_THAT(
      insights_query_in(
          "```bash\n# don't run this here:\nfields srcAddr\n| limit many\n\naws s3 ls\n```\n"),
      ElementsAre("4:9 error many"));
  EXPECT_THAT(
      insights_query_in("```bash\nQUERY='\nfields a\n| limit many'\necho \"$QUERY\"\n```\n"),
      IsEmpty());
  EXPECT_THAT(insights_query_in("```bash\nQUERY='\nfields a\n| limit many'\nif\n```\n"), IsEmpty());
}

TEST(InsightsQueryRule, OtherLanguagesAndPlaceholdersAreLeftAlone) {
  for (const char* text : {
           "```sql\nSELECT a FROM b WHERE c == 1\n```\n",
           "```\nsource = logs\n| where a == 1\n| fields b\n```\n",
           "```kql\nfields a\n| where x == 1\n```\n",
           "```splunk\nfields a\n| where x == 1\n| stats count by a\n```\n",
           "```bash\nfilter x | limit many\n```\n",
           "```\nstats for nerds\n```\n",
           "```insights\nfields a\n| filter b = <request id> ==\n```\n",
           "```\nfields a\n| limit ${N} ==\n```\n",
           "```hcl\nfields a\n| limit many\n```\n",
           "fields a\n| limit many\n",
       })
    EXPECT_THAT(insights_query_in(text), IsEmpty()) << text;
  EXPECT_THAT(insights_query_in("```\nfields @message\n| where x == 1\n```\n"),
              ElementsAre("3:11 warning =="));
  EXPECT_THAT(insights_query_in("```insights\nparse @message /(?<id>x)/\n| sort id up\n```\n"),
              ElementsAre("3:11 error up"));
}

}  // namespace
}  // namespace seatrial::runbook::check

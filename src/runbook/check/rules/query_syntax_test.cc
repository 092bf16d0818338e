#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;

// "LINE:COLUMN part" of each finding; the shell text begins on line 2.
std::vector<std::string> query_syntax_in(std::string_view shell,
                                         const testing::Setting& setting = {}) {
  const std::string markdown = "```bash\n" + std::string(shell) + "\n```\n";
  std::vector<std::string> out;
  for (const auto& finding : check("query-syntax", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

TEST(QuerySyntax, StandsWhereItBreaks) {
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query 'taskArns[0'"), ElementsAre("2:38 0"));
  EXPECT_THAT(query_syntax_in("aws ecs describe-services --query \"services[?status='ACTIVE']\""),
              ElementsAre("2:52 ="));
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --output text \\\n  --query=taskArns[0].."),
              ElementsAre("3:23 ."));
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query ''"), ElementsAre("2:28 '"));
  EXPECT_THAT(query_syntax_in("aws made-up command --query 'a b'"), ElementsAre("2:32 b"));
}

TEST(QuerySyntax, FunctionsThatAreNone) {
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query 'count(taskArns)'"),
              ElementsAre("2:29 count"));
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query 'lenght(taskArns)'"),
              ElementsAre("2:29 lenght -> length"));
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query 'length()'"), ElementsAre("2:29 length"));
}

TEST(QuerySyntax, WhatTheShellPutsThereIsNotJudged) {
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query \"taskArns[$I]\""), IsEmpty());
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query \"$QUERY\""), IsEmpty());
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query $QUERY"), IsEmpty());
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query taskArns[<number>]"), IsEmpty());
  EXPECT_THAT(query_syntax_in(
                  "aws ecs describe-services --query \"services[?status==\"\\'a.$S.b\\'\"].x\""),
              IsEmpty());
  EXPECT_THAT(query_syntax_in("aws ecs list-tasks --query taskArns[?contains(@,'x')]"), IsEmpty());
}

TEST(QuerySyntax, WhatTheCliTakesIsWellFormed) {
  EXPECT_THAT(
      query_syntax_in("aws elbv2 describe-target-health --target-group-arn $T \\\n"
                      "  --query 'TargetHealthDescriptions[?TargetHealth.State!=`healthy`]'"),
      IsEmpty());
  EXPECT_THAT(
      query_syntax_in("aws ecr describe-images --repository-name r \\\n"
                      "  --query 'sort_by(imageDetails,& imagePushedAt)[-5:].[imageTags[0]]'"),
      IsEmpty());
  EXPECT_THAT(query_syntax_in(
                  "aws logs start-query --query-string 'fields @message |' --log-group-name g \\\n"
                  "  --start-time 1 --end-time 2"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

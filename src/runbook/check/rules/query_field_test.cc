#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;

// "LINE:COLUMN part" of each finding; the shell text begins on line 2.
std::vector<std::string> query_field_in(std::string_view shell,
                                        const testing::Setting& setting = {}) {
  const std::string markdown = "```bash\n" + std::string(shell) + "\n```\n";
  std::vector<std::string> out;
  for (const auto& finding : check("query-field", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

TEST(QueryField, StandsAtTheName) {
  EXPECT_THAT(
      query_field_in("aws ecs list-tasks --cluster c \\\n    --query \"taskarn[0]\" --output text"),
      ElementsAre("3:14 taskarn -> taskArns"));
  EXPECT_THAT(query_field_in("X=$(aws ecs describe-services --services s \\\n"
                             "  --query 'services[0].{Up:runingCount, Down:nothing}' | jq .)"),
              ElementsAre("3:28 runingCount -> runningCount", "3:46 nothing"));
  EXPECT_THAT(query_field_in("watch -n 5 'aws ecs list-tasks --query \"tasks\"'"),
              ElementsAre("2:41 tasks"));
  EXPECT_THAT(
      query_field_in("aws acm describe-certificate --certificate-arn $A --query=DomainName"),
      ElementsAre("2:59 DomainName -> Certificate.DomainName"));
}

TEST(QueryField, InConditionsToo) {
  EXPECT_THAT(query_field_in(
                  "aws rds describe-db-instances \\\n"
                  "  --query \"DBInstances[?MultiAZ==true && Engine==\\\"postgres\\\"].Endpoint\""),
              ElementsAre("3:34 true -> `true`", "3:51 \"postgres\\\" -> 'postgres'"));
}

TEST(QueryField, PagesAreFollowedUnlessTheCommandDoesNot) {
  EXPECT_THAT(query_field_in("aws ecs list-tasks --query nextToken"),
              ElementsAre("2:28 nextToken"));
  for (const char* option : {"--no-paginate", "--next-token $T", "--max-results 5",
                             "--cli-input-json file://x.json", "$MORE"}) {
    EXPECT_THAT(query_field_in("aws ecs list-tasks --query nextToken " + std::string(option)),
                IsEmpty());
  }
  EXPECT_THAT(query_field_in("aws ecs list-tasks --query NextToken --max-items 5"), IsEmpty());
}

TEST(QueryField, UnknownPartsOfLiteralsHideNothingElse) {
  EXPECT_THAT(
      query_field_in("aws ecs describe-services --query \"services[?serviceName=='$S'].stat\""),
      ElementsAre("2:65 stat -> status"));
  EXPECT_THAT(query_field_in("aws iam list-access-keys \\\n"
                             "  --query 'AccessKeyMetadata[?AccessKeyId!=`'$K'`].AccessKey'"),
              ElementsAre("3:52 AccessKey -> AccessKeyId"));
}

TEST(QueryField, SilentWhereNothingIsCertain) {
  EXPECT_THAT(query_field_in("aws ecs list-tasks --query \"$FIELD.x\""), IsEmpty());
  EXPECT_THAT(query_field_in("aws ecs wait tasks-running --tasks t --query x"), IsEmpty());
  EXPECT_THAT(query_field_in("aws ecs list-tasks --generate-cli-skeleton output --query x"),
              IsEmpty());
  EXPECT_THAT(query_field_in("aws s3 ls --query x"), IsEmpty());
  EXPECT_THAT(query_field_in("aws iam get-role --role-name r "
                             "--query Role.AssumeRolePolicyDocument.Statement[0].Effect"),
              IsEmpty());
  EXPECT_THAT(query_field_in("aws ecs describe-services --query 'services[0].events[:3].message'"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

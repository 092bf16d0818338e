#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;
using testing::places;

std::vector<std::string> placeholder_in(std::string_view script, std::string_view before = "") {
  const auto markdown = fmt::format("{}\n```bash\n{}\n```\n", before, script);
  std::vector<std::string> out;
  for (const auto& f : check("placeholder", markdown))
    out.push_back(fmt::format("{} {}", marked(f, markdown), severity_name(f.severity)));
  return out;
}

TEST(Placeholder, StandsAtItsWord) {
  EXPECT_THAT(places(check("placeholder",
                           "- x\n  ```bash\n  aws ecs stop-task \\\n    --task <id>\n  ```\n")),
              ElementsAre("4:12 placeholder"));
  const auto findings = check("placeholder", "```sh\ncd /path/to/x\nssh <h> -v\n```\n");
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_THAT(findings[0].message, HasSubstr("a path made up"));
  EXPECT_THAT(findings[1].message, HasSubstr("redirections"));
}

TEST(Placeholder, EachKind) {
  EXPECT_THAT(placeholder_in("aws ec2 describe-vpcs --vpc-ids vpc-XXXXXXXX"),
              ElementsAre("vpc-XXXXXXXX error"));
  EXPECT_THAT(placeholder_in("aws s3 ls s3://your-bucket/"), ElementsAre("your-bucket error"));
  EXPECT_THAT(placeholder_in("curl -H 'X: REPLACE_ME' https://xxx.example.com"),
              ElementsAre("REPLACE_ME error", "xxx error"));
  EXPECT_THAT(placeholder_in("export TOKEN=REPLACE_ME"), ElementsAre("REPLACE_ME error"));
  EXPECT_THAT(placeholder_in("TAG=\"<sha>\""), ElementsAre("<sha> error"));
  EXPECT_THAT(placeholder_in("aws iam get-role --role-name ..."), ElementsAre("... error"));
  EXPECT_THAT(placeholder_in("aws rds x --y arn:aws:rds:us-east-1:ACCOUNT:db:z"),
              ElementsAre("ACCOUNT error"));
  EXPECT_THAT(placeholder_in("aws rds x --y arn:aws:rds:us-east-1:123456789012:db:z"),
              ElementsAre("123456789012 info"));
  EXPECT_THAT(placeholder_in("aws pi x --identifier prod-db-resource-id"),
              ElementsAre("prod-db-resource-id warning"));
  EXPECT_THAT(placeholder_in("cat <<E\nbucket: YOUR_BUCKET\n<b>x</b>\nE"),
              ElementsAre("YOUR_BUCKET error"));
}

TEST(Placeholder, NamesInCapitalsNeedAReason) {
  EXPECT_THAT(placeholder_in("aws ecs describe-tasks --tasks TASK_ARN"),
              ElementsAre("TASK_ARN error"));
  EXPECT_THAT(placeholder_in("aws x --stack-name=FAILED_STACK_NAME"),
              ElementsAre("FAILED_STACK_NAME error"));
  EXPECT_THAT(placeholder_in("aws x --task-definition api:PREVIOUS_REVISION"),
              ElementsAre("PREVIOUS_REVISION error"));
  EXPECT_THAT(placeholder_in("aws x --parameters ParameterKey=DB_NAME,ParameterValue=TARGET_NAME"),
              ElementsAre("TARGET_NAME error"));
  EXPECT_THAT(placeholder_in("kubectl logs POD_NAME -n x"), ElementsAre("POD_NAME error"));
  EXPECT_THAT(placeholder_in("docker exec CONTAINER_ID ls; git revert COMMIT_HASH"),
              ElementsAre("CONTAINER_ID error", "COMMIT_HASH error"));
  for (auto script :
       {"grep TASK_ARN .env", "aws ssm get-parameter --name DB_NAME", "echo SERVICE_NAME",
        "docker run -e CLUSTER_NAME=x -e TASK_ARN y", "printenv SNAPSHOT_ID", "unset TASK_ARN",
        "aws ssm get-parameter --name /a/TARGET_ARN", "kubectl exec x -- printenv POD_NAME",
        "gh secret set CLUSTER_NAME", "aws x --capabilities CAPABILITY_NAMED_IAM",
        "aws lambda x --environment Variables={TASK_ARN=x}", "TASK_ARN=$(aws x)",
        "aws x --attribute-name TASK_ARN"})
    EXPECT_THAT(placeholder_in(script), IsEmpty()) << script;
}

TEST(Placeholder, WhereTheDocumentAsksForItIsAWarning) {
  EXPECT_THAT(placeholder_in("TAG=\"api:12\"  # Replace with actual"), ElementsAre("12 warning"));
  EXPECT_THAT(placeholder_in("# Select the tag\nTAG='<sha>'"), ElementsAre("<sha> warning"));
  EXPECT_THAT(placeholder_in("aws x --id <id>", "Run this with your own id:"),
              ElementsAre("<id> warning"));
  EXPECT_THAT(placeholder_in("# Stop it\naws x \\\n  --id <id>"), ElementsAre("<id> error"));
}

TEST(Placeholder, OtherRulesDoNotJudgeIt) {
  const auto all = check("",
                         "```bash\naws ec2 describe-vpcs --vpc-ids vpc-XXXX --filtrs x\n"
                         "aws elbv2 describe-target-health --target-group-arn TARGET_GROUP_ARN\n"
                         "git revert <hash>\n```\n");
  EXPECT_THAT(places(all), ElementsAre("2:33 placeholder", "2:42 unknown-option",
                                       "3:53 placeholder", "4:12 placeholder"));
}

TEST(Placeholder, TextIsNone) {
  for (auto script :
       {"sort <in.txt> out", "go test ./...", "git log a...b", "echo 'xxx ...'",
        "sed 's/<a>/<b>/' x", "jq '.[] | <x>'", "find . -exec ls {} \\;", "cp a b # <c>"})
    EXPECT_THAT(placeholder_in(script), IsEmpty()) << script;
}

}  // namespace
}  // namespace seatrial::runbook::check

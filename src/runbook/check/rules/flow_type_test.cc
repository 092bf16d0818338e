#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> flow_type_in(std::string_view shell) {
  return testing::found_in_shell("flow-type", shell);
}

TEST(FlowType, JsonIsNoWords) {
  EXPECT_THAT(flow_type_in("aws ecs list-tasks --cluster c | xargs -I {} echo {}"),
              ElementsAre("2:34 xargs"));
  EXPECT_THAT(flow_type_in("aws ecs list-tasks --output table \\\n  | xargs echo"),
              ElementsAre("3:5 xargs"));
  EXPECT_THAT(flow_type_in("aws ecs list-tasks --query 'taskArns[]' --output text | xargs echo"),
              IsEmpty());
  EXPECT_THAT(flow_type_in("aws ecs list-tasks | jq -r '.taskArns[]' | xargs echo"), IsEmpty());
  EXPECT_THAT(flow_type_in("aws sts get-caller-identity --query Account | xargs echo"), IsEmpty());
}

TEST(FlowType, QuotationMarksInValues) {
  EXPECT_THAT(
      flow_type_in("aws ecs describe-tasks --tasks $(aws ecs list-tasks --query 'taskArns[0]')"),
      ElementsAre("2:32 $(aws ecs list-tasks --query 'taskArns[0]')"));
  EXPECT_THAT(
      flow_type_in("T=$(aws ecs list-tasks --query taskArns)\naws ecs describe-tasks --tasks $T"),
      ElementsAre("3:32 $T"));
  // A number is the same in both; documents in quotation marks are what some options take.
  EXPECT_THAT(flow_type_in(
                  "N=$(aws ecs describe-services --services s --query 'services[0].desiredCount')\n"
                  "aws ecs update-service --service s --desired-count $N"),
              IsEmpty());
  EXPECT_THAT(
      flow_type_in("P=$(aws iam get-role --role-name r --query Role.AssumeRolePolicyDocument)\n"
                   "aws iam update-assume-role-policy --role-name r --policy-document \"$P\""),
      IsEmpty());
}

TEST(FlowType, NamesAndIdsAreNoArns) {
  EXPECT_THAT(flow_type_in("TG=$(aws elbv2 describe-target-groups --names w \\\n"
                           "  --query 'TargetGroups[0].TargetGroupName' --output text)\n"
                           "aws elbv2 describe-target-health --target-group-arn \"$TG\""),
              ElementsAre("4:54 $TG"));
  EXPECT_THAT(flow_type_in("TG=$(aws elbv2 describe-target-groups --names w \\\n"
                           "  --query 'TargetGroups[0].TargetGroupArn' --output text)\n"
                           "aws elbv2 describe-target-health --target-group-arn \"$TG\""),
              IsEmpty());
}

TEST(FlowType, OnlyWhatIsCertain) {
  // Set otherwise in between, part of a longer value, through another program.
  EXPECT_THAT(flow_type_in("T=$(aws ecs list-tasks --query taskArns)\nT=x\n"
                           "aws ecs describe-tasks --tasks $T"),
              IsEmpty());
  EXPECT_THAT(
      flow_type_in("aws ecs describe-tasks --tasks a$(aws ecs list-tasks --query 'taskArns[0]')"),
      IsEmpty());
  EXPECT_THAT(flow_type_in("T=$(aws ecs list-tasks --query 'taskArns[0]' | tr -d '\"')\n"
                           "aws ecs describe-tasks --tasks $T"),
              IsEmpty());
  EXPECT_THAT(
      flow_type_in("aws ecs describe-tasks --tasks $T\nT=$(aws ecs list-tasks --query taskArns)"),
      IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

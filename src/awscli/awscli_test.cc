#include <gmock/gmock.h>

#include "awscli/testing.h"

namespace seatrial::awscli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::problems;

TEST(OptionName, FollowsBotocore) {
  EXPECT_EQ(option_name("taskDefinition"), "task-definition");
  EXPECT_EQ(option_name("DBInstanceIdentifier"), "db-instance-identifier");
  EXPECT_EQ(option_name("TargetGroupARNs"), "target-group-arns");
  EXPECT_EQ(option_name("VPCSecurityGroupIDs"), "vpc-security-group-ids");
  EXPECT_EQ(option_name("EC2TagFilters"), "ec2-tag-filters");
  EXPECT_EQ(option_name("EnableIAMDatabaseAuthentication"), "enable-iam-database-authentication");
  EXPECT_EQ(option_name("x"), "x");
}

TEST(ParseCall, WhatTheCliAcceptsIsAccepted) {
  for (auto line :
       {"aws ecs update-service --cluster c --service s --desired-count 2 --force-new-deployment",
        "aws --region r --output json ecs describe-services --cluster c --services a b --query x",
        "aws ecs list-tasks --cluster=x --max-items -1",
        "aws ecs wait services-stable --cluster c --services a",
        "aws s3 cp a s3://b/c --recursive",
        "aws logs tail /x --follow --since 10m",
        "aws --version",
        "aws ecs help",
        "aws help",
        "aws configure",
        "aws configure set a.b c",
        "aws ecs register-task-definition --cli-input-json file://x",
        "aws ec2 authorize-security-group-ingress --group-id g --protocol tcp --port 80 --cidr "
        "0.0.0.0/0",
        "aws rds generate-db-auth-token --hostname h --port 5 --username u",
        "aws eks update-kubeconfig --name x",
        "aws cloudformation deploy --stack-name s --template-file t --capabilities CAPABILITY_IAM",
        "aws deploy list-deployments",
        "aws configservice describe-config-rules",
        "aws s3api list-buckets",
        "aws ecs run-task --task-definition t --no-enable-ecs-managed-tags",
        "aws lambda invoke --function-name f out.json",
        "aws ecs update-service $",
        "aws $ list",
        "aws ecs update-service --service $ $",
        "aws ssm start-session --target i-1",
        "aws ec2 run-instances --image-id a --count 2"})
    EXPECT_THAT(problems(line), IsEmpty()) << line;
}

TEST(ParseCall, MisspeltNamesAreNamedWithTheNearest) {
  EXPECT_THAT(problems("aws esc list-tasks"), ElementsAre(::testing::StartsWith("service:esc:")));
  EXPECT_THAT(problems("aws ecs list-task"), ElementsAre("operation:list-task:list-tasks"));
  EXPECT_THAT(problems("aws ecs wait service-stable --services x"),
              ElementsAre("waiter:service-stable:services-stable"));
  EXPECT_THAT(problems("aws ecs update-service --service s --desired-cuont 2"),
              ElementsAre("option:--desired-cuont:--desired-count"));
  EXPECT_THAT(problems("aws ecs update-service --service s extra"), ElementsAre("option:extra:"));
  EXPECT_THAT(problems("aws codedeploy list-deployments"),
              ElementsAre(::testing::StartsWith("service:codedeploy:")));
}

TEST(ParseCall, MissingOptionsAndValues) {
  EXPECT_THAT(problems("aws ecs update-service --cluster c"), ElementsAre("missing:aws:--service"));
  EXPECT_THAT(problems("aws ecs list-tasks --cluster"), ElementsAre("value:--cluster:"));
  EXPECT_THAT(problems("aws ecs"), ElementsAre("operation:ecs:"));
  EXPECT_THAT(problems("aws rds start-db-instance"),
              ElementsAre("missing:aws:--db-instance-identifier"));
  EXPECT_THAT(problems("aws guardduty create-detector"), ElementsAre("missing:aws:--enable"));
  EXPECT_THAT(problems("aws guardduty create-detector --no-enable"), IsEmpty());
}

TEST(ParseCall, EnumsAndChoices) {
  EXPECT_THAT(problems("aws cloudwatch describe-alarms --state-value ALRM"),
              ElementsAre("choice:ALRM:ALARM (service)"));
  EXPECT_THAT(problems("aws ecs list-tasks --output jsn"), ElementsAre("choice:jsn:json"));
  EXPECT_THAT(problems("aws ecs list-tasks --desired-status $"), IsEmpty());
}

TEST(ParseCall, VersionsDiffer) {
  EXPECT_THAT(problems("aws logs tail /x", Cli::kV1),
              ElementsAre(::testing::StartsWith("version:tail:")));
  EXPECT_THAT(problems("aws ecr get-login", Cli::kV1), IsEmpty());
  EXPECT_THAT(problems("aws ecr get-login"),
              ElementsAre(::testing::StartsWith("version:get-login:get-login-password")));
}

}  // namespace
}  // namespace seatrial::awscli

#include <gmock/gmock.h>

#include "awscli/testing.h"

namespace seatrial::awscli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::problems;
using ::testing::StartsWith;

TEST(OwnCommands, S3Paths) {
  for (auto line : {"aws s3 cp a s3://b/c", "aws s3 cp s3://b/c .", "aws s3 sync s3://a s3://b",
                    "aws s3 cp - s3://a/b", "aws s3 cp '$' '$'", "aws s3 cp a 's3://$/c'",
                    "aws s3 rm s3://b/c --recursive", "aws s3 ls", "aws s3 ls my-bucket",
                    "aws s3 mv s3://a/b s3://a/c", "aws s3 rb s3://a --force",
                    "aws s3 cp a s3://arn:aws:s3:us-east-1:123456789012:accesspoint/x/k"})
    EXPECT_THAT(problems(line), IsEmpty()) << line;
  EXPECT_THAT(problems("aws s3 cp a b"), ElementsAre("bad-value:a:"));
  EXPECT_THAT(problems("aws s3 cp a s3:/b/c"), ElementsAre("bad-value:a:s3://b/c"));
  EXPECT_THAT(problems("aws s3 rm b/c"), ElementsAre("bad-value:b/c:s3://b/c"));
  EXPECT_THAT(problems("aws s3 rb s3://a/b"), ElementsAre("bad-value:s3://a/b:s3://a"));
  EXPECT_THAT(problems("aws s3 mv s3://a/b s3://a/"), ElementsAre("bad-value:s3://a/:"));
  EXPECT_THAT(problems("aws s3 sync - s3://a"), ElementsAre("bad-value:-:"));
  EXPECT_THAT(problems("aws s3 cp a 's3://my bucket/c'"), ElementsAre("bad-value:my bucket:"));
  EXPECT_THAT(problems("aws s3 cp a s3://b/c --metadata k=v,m=w"), IsEmpty());
  EXPECT_THAT(problems("aws s3 cp a s3://b/c --metadata '{\"k\": \"v\"}'"), IsEmpty());
  EXPECT_THAT(problems("aws s3 cp a s3://b/c --metadata 'k=[{a=b},{a=c}]'"), Not(IsEmpty()));
  EXPECT_THAT(problems("aws s3 cp a s3://b/c --metadata '{\"k\": 1}'"), Not(IsEmpty()));
  EXPECT_THAT(problems("aws configservice subscribe --s3-bucket b/p --sns-topic t --iam-role r"),
              IsEmpty());
  EXPECT_THAT(problems("aws configservice subscribe --s3-bucket 'b}' --sns-topic t --iam-role r"),
              ElementsAre("bad-value:b}:"));
  EXPECT_THAT(problems("aws s3 cp s3://a/b"), ElementsAre("missing:aws:paths"));
  EXPECT_THAT(problems("aws s3 cp s3://a/b s3://c/d e"), ElementsAre("option:e:"));
  EXPECT_THAT(problems("aws s3 cp s3://a/b . --sse-c AES256"),
              ElementsAre("missing:--sse-c:--sse-c-key"));
  EXPECT_THAT(problems("aws s3 cp s3://a/b s3://c --storage-class FOO"),
              ElementsAre(StartsWith("choice:FOO:")));
}

TEST(OwnCommands, OthersCheckTheirArguments) {
  EXPECT_THAT(problems("aws rds generate-db-auth-token --hostname h --port x --username u"),
              ElementsAre("bad-value:x:"));
  EXPECT_THAT(problems("aws cloudformation deploy --stack-name s --template-file t "
                       "--parameter-overrides a=b c"),
              ElementsAre("shorthand:c:"));
  EXPECT_THAT(problems("aws configure set region"), ElementsAre("missing:aws:value"));
  EXPECT_THAT(problems("aws s3"), ElementsAre("operation:s3:"));
  EXPECT_THAT(problems("aws ecs list-tasks --endpoint-url localhost:4566"),
              ElementsAre("bad-value:localhost:4566:https://localhost:4566"));
}

TEST(CustomOptions, MetricData) {
  const std::string call = "aws cloudwatch put-metric-data --namespace n --metric-name m ";
  EXPECT_THAT(problems(call + "--value 1 --dimensions a=b,c=d --unit Count"), IsEmpty());
  EXPECT_THAT(problems(call + "--value x"), ElementsAre("bad-value:x:"));
  EXPECT_THAT(problems(call + "--value 1 --dimensions a"), ElementsAre("bad-value:a:"));
  EXPECT_THAT(problems(call + "--value 1 --dimensions Name=a,Value=b"),
              ElementsAre("shorthand:Name=a,Value=b:a=b (nobody)"));
  EXPECT_THAT(problems(call + "--value 1 --timestamp soon"), ElementsAre("bad-value:soon:"));
  EXPECT_THAT(problems(call + "--value 1 --metric-data MetricName=x"),
              ElementsAre(StartsWith("exclusive:--metric-data")));
  EXPECT_THAT(problems("aws cloudwatch put-metric-data --namespace n --value 1"),
              ElementsAre(StartsWith("shorthand:")));
}

TEST(CustomOptions, FirewallRulesCountsAndZips) {
  const std::string rule = "aws ec2 authorize-security-group-ingress --group-id g ";
  EXPECT_THAT(problems(rule + "--protocol tcp --port 22-25 --cidr 0.0.0.0/0"), IsEmpty());
  EXPECT_THAT(problems(rule + "--protocol http --port 80"), ElementsAre("bad-value:http:"));
  EXPECT_THAT(problems(rule + "--protocol tcp --port ssh"), ElementsAre("bad-value:ssh:"));
  EXPECT_THAT(problems(rule + "--protocol tcp --port \xF0\x9F\x98\x80"),
              ElementsAre("bad-value:\xF0\x9F\x98\x80:"));
  EXPECT_THAT(problems(rule + "--protocol tcp --ip-permissions IpProtocol=tcp"),
              ElementsAre("exclusive:--ip-permissions:"));
  EXPECT_THAT(problems("aws ec2 run-instances --image-id a --count 1:x"),
              ElementsAre("bad-value:1:x:"));
  EXPECT_THAT(problems("aws lambda update-function-code --function-name f --zip-file f.zip"),
              ElementsAre("bad-value:f.zip:fileb://f.zip"));
  EXPECT_THAT(problems("aws s3api get-object --bucket 'a b' --key k out"),
              ElementsAre("bad-value:a b:"));
  EXPECT_THAT(problems("aws ses send-email --from a@b --subject s --text t"),
              ElementsAre("missing:aws:--to"));
}

TEST(Exclusive, ClientsAndServices) {
  EXPECT_THAT(problems("aws ecs list-tasks --max-results 5 --max-items 3"),
              ElementsAre("exclusive:--max-items:"));
  EXPECT_THAT(problems("aws ecs list-tasks --no-paginate --page-size 3"),
              ElementsAre("exclusive:--page-size:"));
  EXPECT_THAT(problems("aws rds delete-db-instance --db-instance-identifier x "
                       "--skip-final-snapshot --final-db-snapshot-identifier y"),
              ElementsAre("exclusive:--final-db-snapshot-identifier: (service)"));
  EXPECT_THAT(problems("aws rds delete-db-instance --db-instance-identifier x "
                       "--no-skip-final-snapshot --final-db-snapshot-identifier y"),
              IsEmpty());
  EXPECT_THAT(problems("aws ec2 modify-instance-attribute --instance-id i --ebs-optimized "
                       "--no-ebs-optimized"),
              ElementsAre("exclusive:--no-ebs-optimized:"));
  EXPECT_THAT(problems("aws ecs list-tasks --cli-input-json '{}' --cli-input-yaml x"),
              ElementsAre("exclusive:--cli-input-yaml:"));
}

TEST(Versions, WhatTheOtherOneHas) {
  EXPECT_THAT(problems("aws ecs list-tasks --no-cli-pager", Cli::kV1),
              ElementsAre("version:--no-cli-pager:"));
  EXPECT_THAT(problems("aws ecs list-tasks --no-cli-pager"), IsEmpty());
  EXPECT_THAT(problems("aws lambda publish-version --function-name f --code-sha-256 x"),
              ElementsAre(StartsWith("version:--code-sha-256:")));
  EXPECT_THAT(problems("aws ecs list-tasks --output yaml", Cli::kV1),
              ElementsAre(StartsWith("choice:yaml:")));
  EXPECT_THAT(problems("aws ecs list-tasks --cluster c --help", Cli::kV1),
              ElementsAre("option:--help:help"));
}

}  // namespace
}  // namespace seatrial::awscli

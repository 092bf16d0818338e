#include <gmock/gmock.h>

#include "awscli/testing.h"

namespace seatrial::awscli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::parsed;
using testing::problems;
using ::testing::StartsWith;

std::string input(std::string_view line, Cli cli = Cli::kV2) {
  return to_json(parsed(line, cli).call.input);
}

TEST(Values, RightOnesAreAccepted) {
  for (auto line :
       {"aws ec2 describe-instances --filters Name=tag:Env,Values=a,b Name=x,Values=[c]",
        R"(aws ec2 describe-instances --filters '[{"Name": "a", "Values": ["b"]}]')",
        R"(aws ec2 describe-instances --filters '{"Name": "a"}' '{"Name": "b"}')",
        "aws ec2 describe-instances --instance-ids i-1 i-2",
        R"(aws ec2 describe-instances --instance-ids '["i-1"]')",
        "aws ecs update-service --service s --network-configuration "
        "awsvpcConfiguration={subnets=[a,b],securityGroups=[c],assignPublicIp=DISABLED}",
        "aws ecs run-task --task-definition t --count 2 --tags key=a,value=b",
        "aws dynamodb put-item --table-name tab --item a={S=x},b={BOOL=true},c={SS=p}",
        "aws sns publish --topic-arn arn:aws:sns:us-east-1:123456789012:t --message 'a b'",
        "aws cloudwatch put-metric-alarm --alarm-name a --evaluation-periods 1 --threshold 1.5 "
        "--comparison-operator GreaterThanThreshold --dimensions Name=a,Value=b",
        "aws elb describe-instance-health --load-balancer-name x --instances i-1 i-2",
        "aws ec2 modify-instance-attribute --instance-id i --instance-initiated-shutdown-behavior "
        "stop",
        "aws ec2 modify-instance-attribute --instance-id i --no-source-dest-check",
        "aws stepfunctions start-execution --state-machine-arn arn --input '{}'"})
    EXPECT_THAT(problems(line), IsEmpty()) << line;
}

TEST(Values, TypesAndMinimaAreTheClients) {
  EXPECT_THAT(problems("aws ecs update-service --service s --desired-count two"),
              ElementsAre("bad-value:two:"));
  EXPECT_THAT(problems("aws logs filter-log-events --log-group-name x --start-time 1.5"),
              ElementsAre("bad-value:1.5:"));
  EXPECT_THAT(problems("aws lambda invoke --function-name '' out"), ElementsAre("bad-value::"));
  EXPECT_THAT(problems("aws rds restore-db-instance-to-point-in-time "
                       "--target-db-instance-identifier x --restore-time yesterday"),
              ElementsAre("bad-value:yesterday:"));
  EXPECT_THAT(problems("aws dynamodb put-item --table-name tab --item a={BOOL=yes}"),
              ElementsAre("bad-value:yes:"));
  EXPECT_THAT(problems("aws ecs list-tasks --page-size x"), ElementsAre("bad-value:x:"));
}

TEST(Values, MaximaAndPatternsAreTheServices) {
  EXPECT_THAT(problems("aws logs describe-log-groups --limit 500"),
              ElementsAre("bad-value:500: (service)"));
  EXPECT_THAT(problems("aws lambda get-function --function-name 'a b'"),
              ElementsAre("bad-value:a b: (service)"));
}

TEST(Values, ShorthandIsJudgedToTheKey) {
  EXPECT_THAT(problems("aws ec2 describe-instances --filters Name=a,Valeus=b"),
              ElementsAre("shorthand:Valeus:Values"));
  EXPECT_THAT(problems("aws ecs update-service --service s --network-configuration "
                       "awsvpcConfiguration={subnet=[a]}"),
              ElementsAre("shorthand:subnet:subnets"));
  EXPECT_THAT(problems("aws ec2 describe-instances --filters 'Name=a,Values=[b'"),
              ElementsAre("shorthand::"));
  EXPECT_THAT(problems("aws cloudwatch get-metric-statistics --namespace a --metric-name b "
                       "--start-time 1 --end-time 2 --period 60 --dimensions A=b,C=d"),
              ElementsAre("shorthand:A=b,C=d:Name=A,Value=b Name=C,Value=d"));
  EXPECT_THAT(problems("aws cloudwatch put-metric-alarm --alarm-name a --evaluation-periods 1 "
                       "--comparison-operator GreaterThanThreshold --dimensions Name=a"),
              ElementsAre("shorthand:Name=a:Value="));
}

TEST(Values, JsonIsJudgedToTheByte) {
  const std::string memory =
      "aws ecs register-task-definition --family f --container-definitions "
      "'[{\"name\": \"a\", \"memory\": \"x\"}]'";
  EXPECT_THAT(problems(memory), ElementsAre("bad-value:\"x\":"));
  EXPECT_THAT(problems("aws dynamodb put-item --table-name tab --item '{\"a\": {\"S\": \"x\"}'"),
              ElementsAre(StartsWith("shorthand:")));
}

TEST(Values, UnknownPartsAreNotJudged) {
  for (auto line :
       {"aws ec2 describe-instances --filters 'Name=a,Values=$'",
        "aws ec2 describe-instances --filters '$'", "aws ec2 describe-instances --filters $",
        "aws ecs update-service --service s --desired-count $",
        "aws ecs update-service --service s --desired-count '1$'",
        R"(aws dynamodb put-item --table-name tab --item '{"a": $}')",
        R"(aws dynamodb put-item --table-name tab --item '{$}')",
        "aws rds restore-db-instance-to-point-in-time --target-db-instance-identifier x "
        "--restore-time '$T00:00:00Z'",
        "aws lambda get-function --function-name 'a $'",
        "aws ecs update-service --service s --network-configuration '$={'",
        "aws cloudwatch describe-alarms --state-value 'A$'"})
    EXPECT_THAT(problems(line), IsEmpty()) << line;
  EXPECT_THAT(problems("aws ec2 describe-instances --filters 'Nmae=a,Values=$'"),
              ElementsAre("shorthand:Nmae:Name"));
}

TEST(Values, EnumsClosedAndOpen) {
  EXPECT_THAT(problems("aws cloudwatch describe-alarms --state-value ALRM"),
              ElementsAre("choice:ALRM:ALARM (service)"));
  EXPECT_THAT(problems("aws cloudwatch describe-alarms --state-value alarm"),
              ElementsAre("choice:alarm:ALARM (service)"));
  EXPECT_THAT(problems("aws ce get-cost-and-usage --time-period Start=2024-01-01,End=2024-02-01 "
                       "--granularity MONTHLY --metrics a --group-by Type=SERVICE,Key=x"),
              ElementsAre(StartsWith("choice:SERVICE:")));
  EXPECT_THAT(problems("aws ec2 run-instances --image-id ami-1 --instance-type z9.huge"),
              ElementsAre(StartsWith("open:z9.huge:")));
}

TEST(Values, JoinedListsAreNamed) {
  EXPECT_THAT(problems("aws cloudwatch get-metric-statistics --namespace a --metric-name b "
                       "--start-time 1 --end-time 2 --period 60 --statistics Average,Maximum"),
              ElementsAre("joined:Average,Maximum:Average Maximum (service)"));
  EXPECT_THAT(problems("aws ec2 describe-instances --instance-ids i-0123456789,i-1234567890"),
              ElementsAre(StartsWith("joined:")));
  EXPECT_THAT(problems("aws ecs describe-services --services a,b"),
              ElementsAre("joined:a,b:a b (service)"));
  EXPECT_THAT(problems("aws ssm get-parameters --names a,b"),
              ::testing::Not(::testing::Contains(StartsWith("joined:"))));
}

TEST(Values, PayloadsAreBase64InVersion2) {
  const auto* refused = "aws lambda invoke --function-name f --payload '{\"a\":1}' out";
  EXPECT_THAT(problems(refused), ElementsAre(StartsWith("payload:{\"a\":1}:")));
  EXPECT_THAT(problems(refused, Cli::kV1), IsEmpty());
  EXPECT_THAT(problems("aws lambda invoke --function-name f --payload '{\"key\":\"value\"}' out"),
              ElementsAre(::testing::EndsWith("(nobody)")));
  EXPECT_THAT(problems("aws lambda invoke --function-name f --cli-binary-format raw-in-base64-out "
                       "--payload '{\"a\":1}' out"),
              IsEmpty());
  EXPECT_THAT(problems("aws lambda invoke --function-name f --payload file://event.json out"),
              ElementsAre("payload:file://event.json:fileb://event.json"));
  EXPECT_THAT(problems("aws lambda invoke --function-name f --payload fileb://event.json out"),
              IsEmpty());
  EXPECT_THAT(problems("aws lambda invoke --function-name f --payload file://event out"),
              IsEmpty());
}

TEST(Values, TheInputIsCanonical) {
  EXPECT_EQ(input("aws ecs update-service --service s --desired-count 2 --force-new-deployment"),
            R"({"service":"s","desiredCount":2,"forceNewDeployment":true})");
  EXPECT_EQ(input("aws ec2 describe-instances --filters Name=a,Values=b --no-dry-run"),
            R"({"Filters":[{"Name":"a","Values":["b"]}],"DryRun":false})");
  EXPECT_EQ(input("aws logs filter-log-events --log-group-name g --start-time $"),
            R"({"logGroupName":"g","startTime":null})");
  EXPECT_EQ(input("aws cloudwatch get-metric-statistics --namespace n --metric-name m --period 60 "
                  "--start-time 1970-01-01T00:00:01Z --end-time 2"),
            R"({"Namespace":"n","MetricName":"m","Period":60,"StartTime":1000,"EndTime":2000})");
  EXPECT_EQ(input("aws kinesis put-record --stream-name s --data aGk= --partition-key p"),
            R"({"StreamName":"s","Data":"hi","PartitionKey":"p"})");
  EXPECT_EQ(input("aws ec2 modify-instance-attribute --instance-id i --ebs-optimized"),
            R"({"InstanceId":"i","EbsOptimized":{"Value":true}})");
  EXPECT_EQ(input("aws ec2 create-network-acl-entry --network-acl-id a --rule-number 1 --protocol "
                  "tcp --rule-action allow --ingress"),
            R"({"NetworkAclId":"a","RuleNumber":1,"Protocol":"tcp","RuleAction":"allow",)"
            R"("Egress":false})");
  EXPECT_EQ(input(R"(aws ecs list-tasks --cluster a --cli-input-json '{"family":"f"}')"),
            R"({"cluster":"a","family":"f"})");
}

TEST(Values, EachPartOfTheInputHasItsPlace) {
  const auto [words, call] =
      parsed("aws ec2 describe-instances --filters=Name=a,Values=b,c --instance-ids i-1");
  const auto place = call.place_of("Filters[0].Values[1]");
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(words[place->word].text.substr(place->offset, place->length), "c");
  EXPECT_EQ(call.place_of("InstanceIds[0]")->word, 5u);
  EXPECT_EQ(call.place_of("InstanceIds[7].x")->word, 5u);
  EXPECT_FALSE(call.place_of("DryRun").has_value());
}

TEST(Values, FilesAreReportedNotRead) {
  const auto [words, call] =
      parsed("aws ecs register-task-definition --cli-input-json file://t.json --region us-east-1");
  ASSERT_EQ(call.files.size(), 1u);
  EXPECT_EQ(call.files[0].path, "t.json");
  EXPECT_TRUE(call.input_open);
  EXPECT_THAT(call.problems, IsEmpty());
  EXPECT_EQ(parsed("aws lambda invoke --function-name f out.json").call.files[0].writes, true);
  EXPECT_EQ(parsed("aws s3 cp a.txt s3://b/c").call.files[0].path, "a.txt");
  EXPECT_THAT(problems("aws s3api put-object --bucket b --key k --body file://x"),
              ElementsAre("bad-value:file://x:x"));
}

TEST(Values, OperationsWithoutInput) {
  const std::string call = "aws ssm-guiconnect get-connection-recording-preferences";
  for (auto more : {" --generate-cli-skeleton", " --cli-input-json '{}'", " --output json", ""})
    EXPECT_THAT(problems(call + more), IsEmpty()) << more;
}

TEST(Values, InputJsonIsJudged) {
  EXPECT_THAT(problems(R"(aws ecs register-task-definition --cli-input-json '{"family":"f"}')"),
              ElementsAre("missing:aws:--container-definitions"));
  EXPECT_THAT(problems(R"(aws ecs list-tasks --cli-input-json '{"clustr":"f"}')"),
              ElementsAre(R"(shorthand:"clustr":cluster)"));
  EXPECT_THAT(problems("aws ecs list-tasks --cli-input-json '[]'"), ElementsAre("shorthand:[]:"));
  EXPECT_THAT(problems("aws ecs list-tasks --cli-input-json '{'"),
              ElementsAre(StartsWith("shorthand:")));
}

}  // namespace
}  // namespace seatrial::awscli

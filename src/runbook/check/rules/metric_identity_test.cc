#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;
using testing::places;

std::vector<std::string> metric_identity_in(std::string_view shell) {
  return places(check("metric-identity", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

// What a single finding marks.
std::string marks(const std::string& markdown) {
  const auto findings = check("metric-identity", markdown);
  return findings.size() == 1 ? marked(findings[0], markdown) : fmt::format("{}", findings.size());
}

const std::string kGet = "aws cloudwatch get-metric-statistics ";

TEST(MetricIdentity, MarksThePartThatIsWrong) {
  const auto of = [](const std::string& arguments) {
    return marks("```bash\n" + kGet + arguments + "\n```\n");
  };
  EXPECT_EQ(of("--namespace AWS/ALB --metric-name RequestCount"), "AWS/ALB");
  EXPECT_EQ(of("--namespace AWS/RDS --metric-name MemoryUtilization --dimensions "
               "Name=DBInstanceIdentifier,Value=d"),
            "MemoryUtilization");
  EXPECT_EQ(of("--namespace AWS/ECS --metric-name CPUUtilization --dimensions "
               "Name=ClusterName,Value=c Name=Service,Value=s"),
            "Service");
  EXPECT_EQ(of("--namespace AWS/ApplicationELB --metric-name RequestCount --dimensions "
               "Name=LoadBalancer,Value=my-alb"),
            "my-alb");
  EXPECT_EQ(of("--namespace AWS/ECS --metric-name CPUUtilization --dimensions "
               "'[{\"Name\":\"ServiceName\",\"Value\":\"s\"}]'"),
            "\"ServiceName\"");
  EXPECT_EQ(of("--namespace AWS/SQS --metric-name NumberOfMessagesSent"), "AWS/SQS");
}

TEST(MetricIdentity, AlarmsAndQueries) {
  EXPECT_THAT(
      metric_identity_in("aws cloudwatch put-metric-alarm --alarm-name a --namespace AWS/ECS "
                         "--metric-name RunningTaskCount\n"),
      ElementsAre("3:82 metric-identity"));
  EXPECT_EQ(marks("```bash\naws cloudwatch get-metric-data --metric-data-queries '[{\"Id\":\"a\","
                  "\"MetricStat\":{\"Metric\":{\"Namespace\":\"AWS/EC2\",\"MetricName\":"
                  "\"MemoryUtilization\"},\"Period\":60,\"Stat\":\"Average\"}}]'\n```\n"),
            "\"MemoryUtilization\"");
  EXPECT_THAT(metric_identity_in("aws cloudwatch list-metrics --namespace AWS/SQS --metric-name "
                                 "NumberOfMessagesSent\n"),
              IsEmpty());
}

TEST(MetricIdentity, PeriodsRegionsAndStatistics) {
  const std::string metric = kGet + "--namespace AWS/RDS --metric-name CPUUtilization ";
  EXPECT_THAT(metric_identity_in(metric + "--period 90\n"), ElementsAre("3:96 metric-identity"));
  EXPECT_THAT(metric_identity_in(metric + "--period 10\n"),
              ElementsAre("3:96 metric-identity warning"));
  EXPECT_THAT(metric_identity_in(metric + "--statistics Sum\n"),
              ElementsAre("3:100 metric-identity info"));
  EXPECT_THAT(metric_identity_in(metric + "--period 300 --statistics Average\n"), IsEmpty());
  EXPECT_THAT(
      metric_identity_in(kGet + "--namespace Mine --metric-name m --period 10 --statistics Sum\n"),
      IsEmpty());
  EXPECT_THAT(metric_identity_in(
                  kGet + "--namespace AWS/CloudFront --metric-name Requests --region eu-west-1 "
                         "--dimensions Name=DistributionId,Value=E1 Name=Region,Value=Global\n"),
              ElementsAre("3:97 metric-identity"));
}

TEST(MetricIdentity, WhatTheShellMakesUpIsNotJudged) {
  EXPECT_THAT(metric_identity_in(
                  kGet + "--namespace $NS --metric-name RunningTaskCount\n" + kGet +
                  "--namespace AWS/ECS --metric-name $M --period $P\n" + kGet +
                  "--namespace AWS/ECS --metric-name CPUUtilization --dimensions $D\n" + kGet +
                  "--namespace AWS/ECS --metric-name CPUUtilization --dimensions "
                  "file://dimensions.json\n" +
                  kGet +
                  "--namespace AWS/ApplicationELB --metric-name RequestCount --dimensions "
                  "Name=LoadBalancer,Value=$ALB\n"),
              IsEmpty());
}

TEST(MetricIdentity, Dashboards) {
  const std::string dashboard =
      "```json\n{\"widgets\": [{\"type\": \"metric\", \"properties\": {\"region\": \"r\",\n"
      " \"metrics\": [\n"
      "  [\"AWS/EC2\", \"CPUUtilization\"],\n"
      "  [\"AWS/ApplicationELB\", \"RequestCount\"],\n"
      "  [\"AWS/EKS\", \"cluster_node_count\", {\"stat\": \"Sum\"}],\n"
      "  [\".\", \"other\", \"...\"],\n"
      "  [\"AWS/ECS\", \"CPUUtilization\", \"ClusterName\", \"c\"],\n"
      "  [\".\", \".\", \"ServiceName\", \"s\"]\n"
      " ]}}]}\n```\n";
  EXPECT_THAT(places(check("metric-identity", dashboard)),
              ElementsAre("5:5 metric-identity", "6:16 metric-identity", "9:15 metric-identity"));
}

TEST(MetricIdentity, AlarmsAsJson) {
  EXPECT_EQ(marks("- x\n  ```json\n  {\"AlarmName\": \"a\", \"Namespace\": \"AWS/ECS\",\n"
                  "   \"MetricName\": \"RunningTaskCount\"}\n  ```\n"),
            "RunningTaskCount");
  EXPECT_THAT(places(check("metric-identity",
                           "```json\n{\"Namespace\": \"AWS/EC2\", \"MetricName\": "
                           "\"CPUUtilization\"}\n```\n```json\n{\"AWS/EC2\": [\n```\n")),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

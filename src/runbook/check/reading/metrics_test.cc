#include "runbook/check/reading/metrics.h"

#include <gmock/gmock.h>

#include <set>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "part severity suggestion" of each problem.
std::vector<std::string> problems(const AskedMetric& asked) {
  constexpr std::string_view kParts[] = {"namespace", "metric", "dimensions", "name", "value"};
  std::vector<std::string> out;
  for (const auto& problem : judge_metric(asked))
    out.push_back(fmt::format("{} {} {}", kParts[static_cast<int>(problem.part)],
                              severity_name(problem.severity), problem.suggestion));
  return out;
}

using Dimensions = std::vector<AskedMetric::Dimension>;

TEST(Metrics, TheTableIsInOrder) {
  for (const auto& space : metric_namespaces()) {
    std::set<std::string_view> seen;
    for (const auto& group : space.groups) {
      const auto names = split_blanks(group.metrics);
      EXPECT_TRUE(std::ranges::is_sorted(names)) << space.name;
      for (auto name : names) EXPECT_TRUE(seen.insert(name).second) << space.name << " " << name;
      // Sets speak of known dimensions only.
      std::string sets(group.sets);
      std::ranges::replace_if(sets, [](char c) { return c == ';' || c == ',' || c == '-'; }, ' ');
      for (auto dimension : split_blanks(sets))
        EXPECT_TRUE((" " + std::string(space.dimensions) + " ")
                        .contains(" " + std::string(dimension) + " "))
            << space.name << " " << dimension;
    }
    EXPECT_FALSE(space.page.empty());
  }
}

TEST(Metrics, WhatIsPublished) {
  EXPECT_THAT(problems({"AWS/RDS", "CPUUtilization", {{"DBInstanceIdentifier", "d"}}}), IsEmpty());
  EXPECT_THAT(problems({"AWS/RDS", "DatabaseConnections", {}}), IsEmpty());
  EXPECT_THAT(problems({"AWS/RDS", "ServerlessDatabaseCapacity", {{"DBClusterIdentifier", "c"}}}),
              IsEmpty());
  EXPECT_THAT(problems({"AWS/ECS", "CPUUtilization", {{"ServiceName", "s"}, {"ClusterName", "c"}}}),
              IsEmpty());
  EXPECT_THAT(
      problems(
          {"AWS/ApplicationELB", "RequestCount", {{"LoadBalancer", "app/a/50dc6c495c0c9188"}}}),
      IsEmpty());
  EXPECT_THAT(problems({"AWS/Lambda", "Duration", {}}), IsEmpty());
  EXPECT_THAT(problems({"AWS/EC2", "CPUUtilization", {}}), IsEmpty());
  EXPECT_THAT(problems({"AWS/WAFV2",
                        "BlockedRequests",
                        {{"WebACL", "w"}, {"Region", "us-east-1"}, {"Rule", "ALL"}}}),
              IsEmpty());
  EXPECT_THAT(problems({"AWS/DynamoDB", "ConsumedReadCapacityUnits", {{"TableName", "t"}}}),
              IsEmpty());
  EXPECT_THAT(problems({"AWS/ApiGateway", "Latency", {{"ApiName", "a"}}}), IsEmpty());
  EXPECT_THAT(problems({"AWS/ElastiCache", "CurrConnections", {{"CacheClusterId", "c"}}}),
              IsEmpty());
}

TEST(Metrics, CustomAndUnlistedNamespacesAreNotJudged) {
  EXPECT_THAT(problems({"PerfectMatch", "ActiveUsers", {{"Environment", "p"}}}), IsEmpty());
  EXPECT_THAT(problems({"CWAgent", "anything", {}}), IsEmpty());
  EXPECT_THAT(problems({"AWS/GroundStation", "anything", {}}), IsEmpty());
  EXPECT_THAT(problems({"", "CPUUtilization", {}}), IsEmpty());
}

TEST(Metrics, Namespaces) {
  EXPECT_THAT(problems({"AWS/ALB", "x", {}}), ElementsAre("namespace error AWS/ApplicationELB"));
  EXPECT_THAT(problems({"AWS/Elasticache", "x", {}}),
              ElementsAre("namespace error AWS/ElastiCache"));
  EXPECT_THAT(problems({"aws/rds", "x", {}}), ElementsAre("namespace error AWS/RDS"));
}

TEST(Metrics, Names) {
  EXPECT_THAT(problems({"AWS/RDS", "CPUUtilisation", {}}),
              ElementsAre("metric error CPUUtilization"));
  EXPECT_THAT(problems({"AWS/RDS", "cpuutilization", {}}),
              ElementsAre("metric error CPUUtilization"));
  EXPECT_THAT(problems({"AWS/EC2", "MemoryUtilization", {}}),
              ElementsAre("metric error mem_used_percent of the CloudWatch agent (CWAgent)"));
  EXPECT_THAT(problems({"AWS/ECS", "RunningTaskCount", {}}), ElementsAre("metric error "));
  EXPECT_THAT(problems({"AWS/RDS", "SomethingNewAndLong", {}}), ElementsAre("metric warning "));
}

TEST(Metrics, DimensionNames) {
  EXPECT_THAT(problems({"AWS/RDS", "CPUUtilization", {{"DBInstanceId", "d"}}}),
              ElementsAre("name error DBInstanceIdentifier"));
  EXPECT_THAT(problems({"AWS/ApplicationELB", "RequestCount", {{"LoadBalancerName", "a"}}}),
              ElementsAre("name error LoadBalancer"));
  EXPECT_THAT(problems({"AWS/ECS", "CPUUtilization", {{"clustername", "c"}}}),
              ElementsAre("name error ClusterName"));
  EXPECT_THAT(problems({"AWS/ECS", "CPUUtilization", {{"Environment", "c"}}}),
              ElementsAre("name warning "));
  EXPECT_THAT(problems({"AWS/DynamoDB",
                        "ConsumedReadCapacityUnits",
                        {{"TableName", "t"}, {"SomethingElse", "x"}}}),
              IsEmpty());
}

TEST(Metrics, SetsOfDimensions) {
  EXPECT_THAT(problems({"AWS/ECS", "CPUUtilization", {{"ServiceName", "s"}}}),
              ElementsAre("dimensions error "));
  EXPECT_THAT(problems({"AWS/ApplicationELB", "HealthyHostCount", {{"LoadBalancer", "app/a/1"}}}),
              ElementsAre("dimensions error "));
  EXPECT_THAT(problems({"AWS/S3", "BucketSizeBytes", {{"BucketName", "b"}}}),
              ElementsAre("dimensions error "));
  EXPECT_THAT(problems({"AWS/DynamoDB", "ThrottledRequests", {{"TableName", "t"}}}),
              ElementsAre("dimensions error "));
  EXPECT_THAT(problems({"AWS/RDS", "VolumeBytesUsed", {{"DBInstanceIdentifier", "d"}}}),
              ElementsAre("dimensions error "));
  EXPECT_THAT(
      problems(
          {"AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1"}, {"AutoScalingGroupName", "g"}}}),
      ElementsAre("dimensions error "));
  // More may follow, or a name is not known.
  EXPECT_THAT(problems({"AWS/SQS", "NumberOfMessagesSent", {}, false}), IsEmpty());
  EXPECT_THAT(problems({"AWS/SQS", "NumberOfMessagesSent", {{"", "q"}}}), IsEmpty());
}

TEST(Metrics, Values) {
  const auto value = [](std::string text) {
    return problems({"AWS/ApplicationELB", "RequestCount", {{"LoadBalancer", std::move(text)}}});
  };
  EXPECT_THAT(value("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/5"),
              ElementsAre("value error app/a/5"));
  EXPECT_THAT(value("my-alb"), ElementsAre("value error app/my-alb/ID, the end of its ARN"));
  EXPECT_THAT(value("<alb>"), IsEmpty());
  EXPECT_THAT(value("app/my-alb/xxx"), IsEmpty());
  EXPECT_THAT(value(""), IsEmpty());
  EXPECT_THAT(problems({"AWS/SQS",
                        "NumberOfMessagesSent",
                        {{"QueueName", "arn:aws:sqs:eu-west-1:123456789012:orders"}}}),
              ElementsAre("value error orders"));
  EXPECT_THAT(problems({"AWS/Lambda",
                        "Errors",
                        {{"FunctionName", "arn:aws:lambda:eu-west-1:123456789012:function:f"}}}),
              ElementsAre("value error f"));
  EXPECT_THAT(
      problems({"AWS/CloudFront", "Requests", {{"DistributionId", "E1"}, {"Region", "us-east-1"}}}),
      ElementsAre("value error "));
}

}  // namespace
}  // namespace seatrial::runbook::check

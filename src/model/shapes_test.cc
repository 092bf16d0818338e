// Generated shapes to and from the generic value, in services of each flavour, and inside records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/record.h"
#include "model/pack.h"
#include "model/shape_support.h"
#include "model/shapes/cloudformation.h"
#include "model/shapes/cloudwatch.h"
#include "model/shapes/ec2.h"
#include "model/shapes/ecs.h"
#include "model/shapes/elbv2.h"
#include "model/shapes/secretsmanager.h"

namespace seatrial {
namespace {

namespace cfn = aws::cloudformation;
namespace ec2 = aws::ec2;
namespace ecs = aws::ecs;
namespace elbv2 = aws::elbv2;
using ::testing::ElementsAre;

Value json(std::string_view text) { return parse_json(text).value(); }

template <class Shape>
std::string round_trip(std::string_view text) {
  return to_json(to_value(record_from<Shape>(json(text))));
}

TEST(Shapes, RoundTripOfEcsRequestKeepsEverything) {
  const std::string text =
      R"({"cluster":"main","serviceName":"web","taskDefinition":"web:3","desiredCount":3,)"
      R"("launchType":"FARGATE","deploymentConfiguration":{"deploymentCircuitBreaker":)"
      R"({"enable":true,"rollback":false},"maximumPercent":200,"minimumHealthyPercent":50},)"
      R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["a","b"],)"
      R"("assignPublicIp":"DISABLED"}},"tags":[{"key":"team","value":"core"},{"key":"x"}],)"
      R"("enableECSManagedTags":false})";
  Value expected = json(text);
  EXPECT_EQ(to_value(record_from<ecs::CreateServiceRequest>(expected)), expected);
}

TEST(Shapes, MembersHaveTheirTypes) {
  const auto request = record_from<ecs::CreateServiceRequest>(
      json(R"({"serviceName":"web","desiredCount":0,"tags":[{"key":"a","value":"b"}]})"));
  EXPECT_EQ(request.serviceName, "web");  // required: no optional
  EXPECT_EQ(request.desiredCount, 0);
  EXPECT_FALSE(request.launchType.has_value());
  ASSERT_EQ(request.tags.size(), 1u);
  EXPECT_EQ(request.tags[0].value, "b");
}

TEST(Shapes, UnknownKeysNullsAndWrongTypesAreIgnored) {
  EXPECT_EQ(
      round_trip<ecs::DescribeServicesRequest>(R"({"services":["a"],"nonsense":1,"cluster":null})"),
      R"({"services":["a"]})");
  EXPECT_EQ(round_trip<ecs::DescribeServicesRequest>(R"({"services":"a"})"), R"({"services":[]})");
  EXPECT_EQ(round_trip<ecs::DescribeServicesRequest>(R"([1])"), "{}");
}

TEST(Shapes, GivenEmptyListDiffersFromAbsent) {
  const auto absent = record_from<ecs::DescribeServicesRequest>(json("{}"));
  EXPECT_FALSE(absent.services.given);
  const auto given = record_from<ecs::DescribeServicesRequest>(json(R"({"services":[]})"));
  EXPECT_TRUE(given.services.given);
  EXPECT_EQ(to_json(to_value(given)), R"({"services":[]})");
  ecs::ListServicesResponse answer;
  EXPECT_EQ(to_json(to_value(answer)), "{}");
  answer.serviceArns.given = true;
  EXPECT_EQ(to_json(to_value(answer)), R"({"serviceArns":[]})");
  answer.serviceArns = {"arn"};
  EXPECT_EQ(to_json(to_value(answer)), R"({"serviceArns":["arn"]})");
}

TEST(Shapes, TimestampsAndMaps) {
  ecs::Service service;
  service.createdAt = from_ms(1'700'000'000'123);
  EXPECT_EQ(to_json(to_value(service)), R"({"createdAt":1700000000123})");
  ecs::LogConfiguration logs;
  logs.options["awslogs-group"] = "/ecs/web";
  EXPECT_EQ(to_json(to_value(logs)), R"({"logDriver":"","options":{"awslogs-group":"/ecs/web"}})");
  aws::secretsmanager::DescribeSecretResponse secret;
  secret.VersionIdsToStages["v1"] = {"AWSCURRENT"};
  EXPECT_EQ(round_trip<aws::secretsmanager::DescribeSecretResponse>(to_json(to_value(secret))),
            R"({"VersionIdsToStages":{"v1":["AWSCURRENT"]}})");
}

TEST(Shapes, RoundTripOfQueryAndEc2Shapes) {
  const std::string rule =
      R"({"ListenerArn":"l","Conditions":[{"Field":"path-pattern","PathPatternConfig":)"
      R"({"Values":["/api/*"]}}],"Priority":10,"Actions":[{"Type":"forward","ForwardConfig":)"
      R"({"TargetGroups":[{"TargetGroupArn":"t","Weight":1}]}}]})";
  EXPECT_EQ(to_value(record_from<elbv2::CreateRuleInput>(json(rule))), json(rule));
  const std::string ingress =
      R"({"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,)"
      R"("IpRanges":[{"CidrIp":"0.0.0.0/0"}]}],"DryRun":false})";
  EXPECT_EQ(to_value(record_from<ec2::AuthorizeSecurityGroupIngressRequest>(json(ingress))),
            json(ingress));
  const std::string stack =
      R"({"StackName":"s","TemplateBody":"{}","Parameters":[{"ParameterKey":"k",)"
      R"("ParameterValue":"v","UsePreviousValue":false}],"Capabilities":["CAPABILITY_IAM"]})";
  EXPECT_EQ(to_value(record_from<cfn::CreateStackInput>(json(stack))), json(stack));
}

TEST(Shapes, NumbersOfMetrics) {
  const auto request = record_from<aws::cloudwatch::PutMetricDataInput>(
      json(R"({"Namespace":"n","MetricData":[{"MetricName":"m","Value":2,"Values":[1.5,2.5]}]})"));
  EXPECT_EQ(request.MetricData.at(0).Value, 2.0);
  EXPECT_THAT(request.MetricData.at(0).Values, ElementsAre(1.5, 2.5));
}

TEST(Shapes, OperationTagsNameTheirShapes) {
  static_assert(std::is_same_v<ecs::CreateClusterOp::Request, ecs::CreateClusterRequest>);
  static_assert(std::is_same_v<elbv2::CreateRuleOp::Response, elbv2::CreateRuleOutput>);
  static_assert(std::is_same_v<ec2::DeleteTagsOp::Response, model::Empty>);
  EXPECT_EQ(ecs::CreateClusterOp::kService, "ecs");
  EXPECT_TRUE(model::find_service(ecs::CreateClusterOp::kService)
                  ->find_operation(ecs::CreateClusterOp::kName)
                  .has_value());
  EXPECT_EQ(to_json(to_value(model::Empty{})), "{}");
}

TEST(Shapes, EnumValuesAreConstants) {
  EXPECT_EQ(ecs::LaunchType::FARGATE, "FARGATE");
  EXPECT_EQ(elbv2::TargetTypeEnum::lambda, "lambda");
  EXPECT_EQ(cfn::StackStatus::CREATE_COMPLETE, "CREATE_COMPLETE");
}

// Generated shapes nest in records and in plain containers without ambiguity.
struct Held {
  ecs::Service service;
  model::List<ecs::Tag> tags;
  std::vector<ecs::Tag> more_tags;
  std::map<std::string, ecs::Tag> by_name;
  std::optional<elbv2::TargetGroup> group;
  template <class F>
  static void fields(F&& f) {
    f("service", &Held::service);
    f("tags", &Held::tags);
    f("more_tags", &Held::more_tags);
    f("by_name", &Held::by_name);
    f("group", &Held::group);
  }
};

TEST(Shapes, NestInRecords) {
  Held held;
  held.service.serviceName = "web";
  held.tags = {ecs::Tag{.key = "a", .value = "1"}};
  held.more_tags = {ecs::Tag{.key = "b"}};
  held.by_name["c"] = ecs::Tag{.key = "c"};
  held.group.emplace().Port = 80;
  const std::string text = to_json(to_value(held));
  EXPECT_EQ(text, R"({"service":{"serviceName":"web"},"tags":[{"key":"a","value":"1"}],)"
                  R"("more_tags":[{"key":"b"}],"by_name":{"c":{"key":"c"}},"group":{"Port":80}})");
  EXPECT_EQ(to_json(to_value(record_from<Held>(json(text)))), text);
}

// As the generator would write a recursive shape (none is served so far).
struct Statement {
  std::string Field;
  std::optional<Value> Raw;
  model::Box<Statement> NotStatement;
  model::List<Statement> AndStatements;
  model::Map<Statement> Named;
  friend Value to_value(const Statement& shape);
  friend void from_value(const Value& v, Statement& shape);
};
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
constexpr model::MemberBinding kStatementMembers[] = {
    {"Field", offsetof(Statement, Field), &model::kCodec<decltype(Statement::Field)>},
    {"Raw", offsetof(Statement, Raw), &model::kCodec<decltype(Statement::Raw)>},
    {"NotStatement", offsetof(Statement, NotStatement),
     &model::kCodec<decltype(Statement::NotStatement)>},
    {"AndStatements", offsetof(Statement, AndStatements),
     &model::kCodec<decltype(Statement::AndStatements)>},
    {"Named", offsetof(Statement, Named), &model::kCodec<decltype(Statement::Named)>},
};
Value to_value(const Statement& shape) { return model::write_members(kStatementMembers, &shape); }
void from_value(const Value& v, Statement& shape) {
  model::read_members(kStatementMembers, v, &shape);
}

TEST(Shapes, RecursionAndDocuments) {
  const std::string text =
      R"({"Field":"a","Raw":null,"NotStatement":{"Field":"b","Raw":{"any":[1,2.5]}},)"
      R"("AndStatements":[{"Field":"c","AndStatements":[]}],"Named":{"x":{"Field":"d"}}})";
  const auto parsed = record_from<Statement>(json(text));
  EXPECT_EQ(to_value(parsed), json(text));
  Statement copy = parsed;
  copy.NotStatement->Field = "changed";
  EXPECT_EQ(parsed.NotStatement->Field, "b");  // a deep copy
}

}  // namespace
}  // namespace seatrial

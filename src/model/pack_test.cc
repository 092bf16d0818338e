// The pack through its reader: facts of well-known services, and a walk over everything. That every
// row agrees with botocore is tests/oracle/test_pack.py's business.
#include "model/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace seatrial::model {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;

Service named(std::string_view name) {
  const auto found = find_service(name);
  if (!found) throw std::runtime_error("no service " + std::string(name));
  return *found;
}

Operation named(std::string_view service, std::string_view operation) {
  return named(service).find_operation(operation).value();
}

std::vector<std::string_view> names(const std::vector<Service>& services) {
  std::vector<std::string_view> out;
  for (const Service& s : services) out.push_back(s.name());
  return out;
}

TEST(Pack, HoldsAllServicesInLittleSpace) {
  EXPECT_THAT(service_count(), Gt(400u));
  EXPECT_LT(pack_size_bytes(), 15u * 1024 * 1024);
  EXPECT_EQ(pack_version(), "1.43.11");
}

TEST(Pack, FindsServicesByEachName) {
  EXPECT_THAT(names(find_by_signing_name("elasticloadbalancing")), ElementsAre("elb", "elbv2"));
  EXPECT_THAT(names(find_by_signing_name("ecs")), ElementsAre("ecs"));
  EXPECT_TRUE(find_by_signing_name("no-such").empty());
  EXPECT_EQ(find_by_target_prefix("AmazonEC2ContainerServiceV20141113")->name(), "ecs");
  EXPECT_FALSE(find_by_target_prefix("").has_value());
  EXPECT_FALSE(find_service("zzz").has_value());
  EXPECT_FALSE(find_service("").has_value());
}

TEST(Pack, ServiceMetadata) {
  const Service elbv2 = named("elbv2");
  EXPECT_EQ(elbv2.service_id(), "Elastic Load Balancing v2");
  EXPECT_EQ(elbv2.endpoint_prefix(), "elasticloadbalancing");
  EXPECT_EQ(elbv2.api_version(), "2015-12-01");
  EXPECT_EQ(elbv2.xml_namespace(), "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/");
  EXPECT_EQ(elbv2.protocol(), Protocol::kQuery);
  EXPECT_EQ(named("ec2").protocol(), Protocol::kEc2);
  EXPECT_EQ(named("s3").protocol(), Protocol::kRestXml);
  EXPECT_EQ(named("lambda").protocol(), Protocol::kRestJson);
  EXPECT_EQ(named("ecs").json_version(), "1.1");
}

TEST(Pack, CloudWatchSpeaksThreeProtocols) {
  const Service cloudwatch = named("cloudwatch");
  EXPECT_TRUE(cloudwatch.supports(Protocol::kQuery));
  EXPECT_TRUE(cloudwatch.supports(Protocol::kJson));
  EXPECT_TRUE(cloudwatch.supports(Protocol::kCbor));
  EXPECT_FALSE(cloudwatch.supports(Protocol::kRestXml));
  EXPECT_EQ(cloudwatch.protocol(), Protocol::kJson);
  EXPECT_TRUE(cloudwatch.query_compatible());
  EXPECT_FALSE(named("ecs").query_compatible());
}

TEST(Pack, StructureMembers) {
  const Operation describe = named("ecs", "DescribeServices");
  EXPECT_EQ(describe.cli_name(), "describe-services");
  EXPECT_EQ(named("ecs").find_cli_operation("describe-services"), describe);
  const Shape input = describe.input().value();
  EXPECT_EQ(input.member(0).name(), "cluster");
  EXPECT_FALSE(input.find("cluster")->required());
  EXPECT_TRUE(input.find("services")->required());
  EXPECT_EQ(input.find("services")->shape().kind(), Kind::kList);
  EXPECT_EQ(input.find("services")->shape().element().shape().kind(), Kind::kString);
  EXPECT_FALSE(input.find("Cluster").has_value());
}

TEST(Pack, ConstraintsAndEnums) {
  const Shape name = named("iam").find_shape("userNameType").value();
  EXPECT_EQ(name.min(), 1.0);
  EXPECT_EQ(name.max(), 64.0);
  EXPECT_EQ(name.pattern(), "[\\w+=,.@-]+");
  const Shape launch = named("ecs").find_shape("LaunchType").value();
  EXPECT_EQ(launch.enum_value(0), "EC2");
  EXPECT_FALSE(launch.min().has_value());
  EXPECT_TRUE(named("secretsmanager").find_shape("SecretStringType")->sensitive());
  EXPECT_TRUE(named("secretsmanager", "CreateSecret")
                  .input()
                  ->find("ClientRequestToken")
                  ->idempotency_token());
}

TEST(Pack, ErrorsCarryTheirWireCodes) {
  const Operation create = named("elbv2", "CreateLoadBalancer");
  bool found = false;
  for (std::uint32_t i = 0; i < create.error_count(); ++i) {
    if (create.error(i).name() != "DuplicateLoadBalancerNameException") continue;
    found = true;
    EXPECT_EQ(create.error(i).error_code(), "DuplicateLoadBalancerName");
    EXPECT_EQ(create.error(i).error_status(), 400);
    EXPECT_TRUE(create.error(i).exception());
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(create.result_wrapper(), "CreateLoadBalancerResult");
}

TEST(Pack, RestDetails) {
  const Operation invoke = named("lambda", "Invoke");
  EXPECT_EQ(invoke.method(), "POST");
  EXPECT_EQ(invoke.request_uri(), "/2015-03-31/functions/{FunctionName}/invocations");
  EXPECT_EQ(invoke.input()->payload(), "Payload");
  EXPECT_EQ(invoke.input()->find("FunctionName")->location(), Location::kUri);
  EXPECT_EQ(invoke.input()->find("InvocationType")->location_name(), "X-Amz-Invocation-Type");
  EXPECT_EQ(invoke.output()->find("StatusCode")->location(), Location::kStatusCode);
  EXPECT_TRUE(named("logs", "StartLiveTail").event_stream_output());
  const Operation put = named("s3", "PutObject");
  EXPECT_TRUE(put.input()->find("Body")->streaming());
  EXPECT_EQ(named("s3", "PutBucketAcl").input()->find("AccessControlPolicy")->xml_namespace(),
            "http://s3.amazonaws.com/doc/2006-03-01/");
  const Shape grantee = named("s3").find_shape("Grantee").value();
  EXPECT_TRUE(grantee.find("Type")->xml_attribute());
  EXPECT_EQ(named("s3").find_shape("Grant")->find("Grantee")->xml_prefix(), "xsi");
  EXPECT_EQ(named("s3").find_shape("Expires")->kind(), Kind::kTimestamp);  // from sdk-extras
}

TEST(Pack, InputMemberOfRestXml) {
  const Operation create = named("route53", "CreateHostedZone");
  EXPECT_EQ(create.input_member().location_name(), "CreateHostedZoneRequest");
  EXPECT_EQ(create.input_member().xml_namespace(), "https://route53.amazonaws.com/doc/2013-04-01/");
  EXPECT_EQ(create.success_status(), 201);
}

TEST(Pack, Paginators) {
  const auto pages = named("ecs", "ListServices").paginator().value();
  EXPECT_THAT(pages.input_tokens, ElementsAre("nextToken"));
  EXPECT_THAT(pages.output_tokens, ElementsAre("nextToken"));
  EXPECT_THAT(pages.result_keys, ElementsAre("serviceArns"));
  EXPECT_EQ(pages.limit_key, "maxResults");
  EXPECT_EQ(named("iam", "ListUsers").paginator()->more_results, "IsTruncated");
  EXPECT_FALSE(named("ecs", "CreateCluster").paginator().has_value());
}

TEST(Pack, Waiters) {
  const Service ecs = named("ecs");
  bool found = false;
  for (std::uint32_t i = 0; i < ecs.waiter_count(); ++i) {
    const Waiter waiter = ecs.waiter(i);
    if (waiter.cli_name() != "services-stable") continue;
    found = true;
    EXPECT_EQ(waiter.name(), "ServicesStable");
    EXPECT_EQ(waiter.operation(), "DescribeServices");
    EXPECT_EQ(waiter.delay_s(), 15);
    EXPECT_EQ(waiter.max_attempts(), 40);
    EXPECT_THAT(std::string(waiter.acceptors_json()), HasSubstr("\"MISSING\""));
  }
  EXPECT_TRUE(found);
}

// Visits a shape and all it reaches once; returns how many shapes that was.
std::size_t walk(Shape shape, std::set<std::uint32_t>& seen) {
  if (!seen.insert(shape.id()).second) return 0;
  std::size_t count = 1;
  if (shape.kind() == Kind::kList) return count + walk(shape.element().shape(), seen);
  if (shape.kind() == Kind::kMap) {
    EXPECT_EQ(shape.key().shape().kind(), Kind::kString) << shape.name();
    return count + walk(shape.value().shape(), seen);
  }
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    const auto found = shape.find(member.name());
    EXPECT_TRUE(found.has_value() && found->name() == member.name()) << shape.name();
    count += walk(member.shape(), seen);
  }
  return count;
}

TEST(Pack, EveryOperationOfEveryServiceCanBeWalked) {
  std::size_t operations = 0, shapes = 0;
  std::set<std::uint32_t> seen;
  for (std::uint32_t s = 0; s < service_count(); ++s) {
    const Service svc = service(s);
    EXPECT_EQ(find_service(svc.name()), svc);
    EXPECT_TRUE(svc.supports(svc.protocol()));
    for (std::uint32_t i = 0; i < svc.operation_count(); ++i) {
      const Operation operation = svc.operation(i);
      ASSERT_EQ(svc.find_operation(operation.name()), operation) << svc.name();
      ASSERT_EQ(svc.find_cli_operation(operation.cli_name()), operation) << svc.name();
      ASSERT_EQ(operation.service(), svc);
      if (operation.input()) shapes += walk(*operation.input(), seen);
      if (operation.output()) shapes += walk(*operation.output(), seen);
      for (std::uint32_t e = 0; e < operation.error_count(); ++e) walk(operation.error(e), seen);
      ++operations;
    }
  }
  EXPECT_GT(operations, 18'000u);
  EXPECT_GT(shapes, 90'000u);
}

}  // namespace
}  // namespace seatrial::model

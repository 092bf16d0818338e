// What EventBridge hears of tasks, services and deployments, and in which shape.
#include <gtest/gtest.h>

#include "services/ecs/testing.h"

namespace seatrial::services::ecs {
namespace {

using ::testing::Contains;
using testing::EcsWorld;
using ::testing::ElementsAre;
using testing::FakeBus;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AnnouncementsTest : public ::testing::Test {
 protected:
  AnnouncementsTest() {
    w.make_cluster();
    w.define();
  }
  std::vector<FakeBus::Event> of_type(std::string_view type) const {
    std::vector<FakeBus::Event> found;
    for (const auto& event : w.bus.events)
      if (event.type == type) found.push_back(event);
    return found;
  }
  std::vector<std::string> names(std::string_view type) const {
    std::vector<std::string> found;
    for (const auto& event : of_type(type))
      found.emplace_back(text_member(event.detail, "eventName"));
    return found;
  }
  EcsWorld w;
};

TEST_F(AnnouncementsTest, ATaskIsToldOfFromItsFirstStatusToItsLast) {
  const auto reply = w.ok(
      "RunTask", R"({"cluster":"c","taskDefinition":"web","launchType":"FARGATE",)"
                 R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}}})");
  const std::string arn(text_member(reply.at("tasks").at(0), "taskArn"));
  w.advance(1);
  w.ok("StopTask", fmt::format(R"({{"cluster":"c","task":"{}","reason":"enough"}})", arn));
  w.advance(60);
  std::vector<std::string> statuses;
  for (const auto& event : of_type("ECS Task State Change")) {
    EXPECT_EQ(event.source, "aws.ecs");
    EXPECT_THAT(event.resources, ElementsAre(arn));
    statuses.push_back(fmt::format("{}/{}", text_member(event.detail, "lastStatus"),
                                   text_member(event.detail, "desiredStatus")));
  }
  EXPECT_THAT(statuses,
              ElementsAre("PROVISIONING/RUNNING", "PENDING/RUNNING", "ACTIVATING/RUNNING",
                          "RUNNING/RUNNING", "RUNNING/STOPPED", "DEACTIVATING/STOPPED",
                          "STOPPING/STOPPED", "DEPROVISIONING/STOPPED", "STOPPED/STOPPED"));
  const Value& last = w.bus.events.back().detail;
  EXPECT_EQ(text_member(last, "stoppedReason"), "enough");
  EXPECT_EQ(text_member(last, "stopCode"), "UserInitiated");
  EXPECT_EQ(text_member(last, "stoppedAt"), text_member(last, "updatedAt"));
  EXPECT_EQ(text_member(last.at("attachments").at(0), "type"), "eni");
  EXPECT_EQ(text_member(w.task(arn).at("attachments").at(0), "type"), "ElasticNetworkInterface");
}

TEST_F(AnnouncementsTest, ADeploymentBeginsIsCompletedAndTheServiceSteady) {
  w.make_service(1);
  w.advance(120);
  const auto deployments = of_type("ECS Deployment State Change");
  ASSERT_THAT(deployments, SizeIs(2));
  const std::string id(text_member(w.service().at("deployments").at(0), "id"));
  const Value& done = deployments[1].detail;
  EXPECT_EQ(text_member(done, "eventName"), "SERVICE_DEPLOYMENT_COMPLETED");
  EXPECT_EQ(text_member(done, "eventType"), "INFO");
  EXPECT_EQ(text_member(done, "deploymentId"), id);
  EXPECT_EQ(text_member(done, "reason"), fmt::format("ECS deployment {} completed.", id));
  EXPECT_EQ(text_member(done, "clusterArn"), text_member(w.service(), "clusterArn"));
  EXPECT_EQ(text_member(done, "updatedAt").find('.'), std::string_view::npos);
  EXPECT_THAT(deployments[1].resources,
              ElementsAre(std::string(text_member(w.service(), "serviceArn"))));
  EXPECT_THAT(names("ECS Service Action"), ElementsAre("SERVICE_STEADY_STATE"));
  w.bus.events.clear();
  w.ok("UpdateService", R"({"cluster":"c","service":"s","forceNewDeployment":true})");
  w.advance(120);
  EXPECT_THAT(names("ECS Deployment State Change"),
              ElementsAre("SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"));
}

// Who sets the count is not told that it was set.
TEST_F(AnnouncementsTest, ScalingIsNoDeploymentAndEndsSteady) {
  w.make_service(1);
  w.advance(120);
  w.bus.events.clear();
  w.ok("UpdateService", R"({"cluster":"c","service":"s","desiredCount":2})");
  w.advance(120);
  EXPECT_THAT(names("ECS Deployment State Change"), IsEmpty());
  EXPECT_THAT(names("ECS Service Action"), ElementsAre("SERVICE_STEADY_STATE"));
}

TEST_F(AnnouncementsTest, ACapacityProviderIsSteadyWithItsService) {
  w.ok("CreateService",
       R"({"cluster":"c","serviceName":"s","taskDefinition":"web","desiredCount":1,)"
       R"("capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}],)"
       R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}}})");
  w.advance(120);
  EXPECT_THAT(names("ECS Service Action"),
              ElementsAre("SERVICE_STEADY_STATE", "CAPACITY_PROVIDER_STEADY_STATE"));
  EXPECT_EQ(of_type("ECS Service Action")[1].detail.at("capacityProviderArns").at(0),
            "arn:aws:ecs:ap-southeast-2:123456789012:capacity-provider/FARGATE_SPOT");
}

TEST_F(AnnouncementsTest, AServiceWhoseTasksDoNotStartIsImpaired) {
  w.define("missing:1");
  w.make_service(1);
  w.advance(120);
  ASSERT_THAT(names("ECS Service Action"), ElementsAre("SERVICE_TASK_START_IMPAIRED"));
  const Value detail = of_type("ECS Service Action")[0].detail;
  EXPECT_EQ(text_member(detail, "eventType"), "WARN");
  EXPECT_NE(text_member(detail, "createdAt"), "");
  EXPECT_THAT(names("ECS Deployment State Change"), Not(Contains("SERVICE_DEPLOYMENT_COMPLETED")));
}

}  // namespace
}  // namespace seatrial::services::ecs

// Container Insights: which metrics there are by which dimensions, that each is what its record in
// the performance log says, and that nothing is made up.
#include <gtest/gtest.h>

#include "services/ecs/testing.h"

namespace seatrial::services::ecs {
namespace {

using testing::EcsWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class InsightsTest : public ::testing::Test {
 protected:
  void enable() {
    w.make_cluster();
    w.define();
    w.ok("UpdateClusterSettings",
         R"({"cluster":"c","settings":[{"name":"containerInsights","value":"enabled"}]})");
  }
  // Values of what has just these dimensions, by name.
  std::map<std::string, std::vector<double>> values(const std::string& dimensions) const {
    std::map<std::string, std::vector<double>> found;
    for (const auto& datum : w.rooms.data) {
      std::string text;
      for (const auto& [name, value] : datum.dimensions) text += name + "=" + value + " ";
      if (datum.name_space == "ECS/ContainerInsights" && text == dimensions)
        found[datum.name].push_back(datum.value);
    }
    return found;
  }
  // Records of the performance log.
  std::vector<Value> records(std::string_view type) const {
    std::vector<Value> found;
    for (const auto& [stream, lines] : w.rooms.lines) {
      for (const auto& line : lines) {
        auto record = parse_json(line);
        if (record && text_member(*record, "Type") == type) found.push_back(std::move(*record));
      }
    }
    return found;
  }
  EcsWorld w;
};

TEST_F(InsightsTest, AreOfClustersThatHaveThem) {
  enable();
  w.make_service(2);
  EXPECT_THAT(
      w.error("UpdateClusterSettings",
              R"({"cluster":"c","settings":[{"name":"containerInsights","value":"enhanced"}]})"),
      HasSubstr("enhanced"));
  EXPECT_THAT(w.error("UpdateClusterSettings",
                      R"({"cluster":"c","settings":[{"name":"containerInsights","value":"on"}]})"),
              StartsWith("InvalidParameterException"));
  w.advance(65);
  EXPECT_FALSE(values("ClusterName=c ").empty());
  EXPECT_THAT(records("Task"), SizeIs(2));
  w.rooms.data.clear();
  w.rooms.lines.clear();
  w.ok("UpdateCluster",
       R"({"cluster":"c","settings":[{"name":"containerInsights","value":"disabled"}]})");
  w.advance(65);
  EXPECT_FALSE(w.rooms.data.empty());
  for (const auto& datum : w.rooms.data) EXPECT_EQ(datum.name_space, "AWS/ECS");
  EXPECT_THAT(w.rooms.lines, IsEmpty());
}

TEST_F(InsightsTest, CountsOfServicesAndClusters) {
  enable();
  w.make_service(2);
  w.advance(65);
  auto service = values("ServiceName=s ClusterName=c ");
  EXPECT_THAT(service["RunningTaskCount"], ElementsAre(2.0));
  EXPECT_THAT(service["DesiredTaskCount"], ElementsAre(2.0));
  EXPECT_THAT(service["PendingTaskCount"], ElementsAre(0.0));
  EXPECT_THAT(service["DeploymentCount"], ElementsAre(1.0));
  EXPECT_THAT(service["TaskSetCount"], ElementsAre(0.0));
  auto cluster = values("ClusterName=c ");
  EXPECT_THAT(cluster["TaskCount"], ElementsAre(2.0));
  EXPECT_THAT(cluster["ServiceCount"], ElementsAre(1.0));
  EXPECT_THAT(cluster["ContainerInstanceCount"], ElementsAre(0.0));
  EXPECT_FALSE(cluster.contains("RestartCount"));  // restart policies are refused
  EXPECT_TRUE(w.rooms.lines.contains("ServiceTelemetry-s"));
  EXPECT_TRUE(w.rooms.lines.contains("ClusterTelemetry-c"));
}

TEST_F(InsightsTest, UseOfATaskIsWhatWasMeasured) {
  enable();
  w.make_service(1);
  w.advance(2);
  w.containers.cpu_ns_per_sample = 1'250'000'000;  // an eighth of a CPU in ten seconds
  w.containers.storage = 3'000'000;
  w.containers.boxes.begin()->second.usage.read_bytes = 4096;
  w.containers.boxes.begin()->second.usage.written_bytes = 8192;
  w.advance(65);
  for (const char* dimensions : {"ServiceName=s ClusterName=c ", "ClusterName=c ",
                                 "ClusterName=c TaskDefinitionFamily=web "}) {
    auto seen = values(dimensions);
    EXPECT_THAT(seen["CpuReserved"], ElementsAre(256.0));
    EXPECT_THAT(seen["MemoryReserved"], ElementsAre(512.0));
    ASSERT_THAT(seen["CpuUtilized"], SizeIs(1));
    EXPECT_NEAR(seen["CpuUtilized"][0], 128.0, 0.1);
    EXPECT_THAT(seen["MemoryUtilized"], ElementsAre(64.0));
    EXPECT_THAT(seen["StorageReadBytes"], ElementsAre(4096.0));
    EXPECT_THAT(seen["StorageWriteBytes"], ElementsAre(8192.0));
    EXPECT_THAT(seen["NetworkRxBytes"], ElementsAre(500.0));  // 5000 in ten seconds
    EXPECT_THAT(seen["NetworkTxBytes"], ElementsAre(7000.0));
    EXPECT_THAT(seen["EphemeralStorageReserved"], ElementsAre(21.47));
    EXPECT_THAT(seen["EphemeralStorageUtilized"], ElementsAre(0.003));
  }
}

TEST_F(InsightsTest, WhatCannotBeMeasuredIsNotThere) {
  w.network.loopback = true;
  enable();
  w.make_service(1);
  w.advance(65);
  auto seen = values("ServiceName=s ClusterName=c ");
  EXPECT_TRUE(seen.contains("MemoryUtilized"));
  for (const char* name : {"NetworkRxBytes", "NetworkTxBytes", "StorageReadBytes",
                           "StorageWriteBytes", "EphemeralStorageUtilized"})
    EXPECT_FALSE(seen.contains(name)) << name;
  const auto tasks = records("Task");
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_EQ(find_member(tasks[0], "NetworkRxPackets"), nullptr);
}

TEST_F(InsightsTest, RecordsAreInEmbeddedMetricFormat) {
  enable();
  w.make_service(1);
  w.advance(65);
  const auto tasks = records("Task"), containers = records("Container");
  ASSERT_THAT(tasks, SizeIs(1));
  ASSERT_THAT(containers, SizeIs(1));
  const Value& task = tasks[0];
  EXPECT_EQ(text_member(task, "Version"), "0");
  EXPECT_EQ(text_member(task, "TaskDefinitionFamily"), "web");
  EXPECT_EQ(text_member(task, "TaskDefinitionRevision"), "1");
  EXPECT_EQ(text_member(task, "ServiceName"), "s");
  EXPECT_EQ(text_member(task, "AccountID"), "123456789012");
  EXPECT_EQ(text_member(task, "LaunchType"), "FARGATE");
  EXPECT_EQ(text_member(task, "KnownStatus"), "RUNNING");
  EXPECT_EQ(task.at("Timestamp").as_int64() % 60'000, 0);
  const Value& declared = task.at("CloudWatchMetrics").at(0);
  EXPECT_EQ(text_member(declared, "Namespace"), "ECS/ContainerInsights");
  for (const Value& metric : declared.at("Metrics").as_array())
    EXPECT_NE(find_member(task, text_member(metric, "Name")), nullptr);
  EXPECT_THAT(declared.at("Dimensions").as_array(), SizeIs(3));
  EXPECT_EQ(text_member(containers[0], "ContainerName"), "web");
  EXPECT_EQ(text_member(containers[0], "ContainerKnownStatus"), "RUNNING");
  EXPECT_EQ(containers[0].at("MemoryUtilized").as_int64(), 64);
  EXPECT_EQ(find_member(containers[0], "CloudWatchMetrics"), nullptr);
}

TEST_F(InsightsTest, ATaskOfNoServiceHasNoServiceName) {
  enable();
  w.ok("RunTask", R"({"cluster":"c","taskDefinition":"web","launchType":"FARGATE",)"
                  R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}}})");
  w.advance(65);
  const auto tasks = records("Task");
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_EQ(find_member(tasks[0], "ServiceName"), nullptr);
  EXPECT_THAT(values("ClusterName=c TaskDefinitionFamily=web ")["CpuReserved"], ElementsAre(256.0));
}

}  // namespace
}  // namespace seatrial::services::ecs

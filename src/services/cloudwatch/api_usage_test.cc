// AWS/Usage: calls counted are a minute's CallCount, and a minute without calls has none.
#include "services/cloudwatch/api_usage.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::cloudwatch {
namespace {

class Kept final : public MetricSink {
 public:
  void put(const std::string& region, std::vector<Datum> data) override {
    for (const auto& datum : data) {
      std::string text = region + " " + datum.name_space + " " + datum.name;
      for (const auto& [name, value] : datum.dimensions) text += " " + name + "=" + value;
      lines.push_back(fmt::format("{} {} of {} at {}", text, datum.value, datum.count,
                                  to_ms(datum.at) % 3'600'000 / 60'000));
    }
  }
  std::vector<std::string> lines;
};

TEST(ApiUsage, CountsByRegionAndOperation) {
  room::TestWorld world;
  world.control.advance(Millis{60'000 - to_ms(world.clock.now()) % 60'000});
  const auto minute = to_ms(world.clock.now()) % 3'600'000 / 60'000;
  Kept kept;
  ApiUsage usage(*world.env, kept);
  usage.start();
  const auto logs = *model::find_service("logs");
  const auto put = *logs.find_operation("PutLogEvents");
  const auto list = *model::find_service("ecs")->find_operation("ListClusters");
  for (int i = 0; i < 3; ++i) usage.count("us-east-1", put);
  usage.count("eu-west-1", list);
  world.control.advance(std::chrono::minutes(1));
  ASSERT_EQ(kept.lines.size(), 4u);
  EXPECT_EQ(kept.lines[0], fmt::format("eu-west-1 AWS/Usage CallCount Class=None "
                                       "Resource=ListClusters Service=ECS Type=API 1 of 1 at {}",
                                       minute));
  EXPECT_EQ(kept.lines[1], fmt::format("us-east-1 AWS/Usage CallCount Class=None "
                                       "Resource=PutLogEvents Service=Logs Type=API 3 of 3 at {}",
                                       minute));
  EXPECT_EQ(kept.lines[2], fmt::format("us-east-1 AWS/Logs CallCount Class=None "
                                       "Resource=PutLogEvents Service=Logs Type=API 3 of 3 at {}",
                                       minute));
  EXPECT_EQ(kept.lines[3], fmt::format("us-east-1 AWS/Logs CallCount 3 of 3 at {}", minute));
  world.control.advance(std::chrono::minutes(2));
  EXPECT_EQ(kept.lines.size(), 4u);
}

TEST(ApiUsage, CountsErrorsOfLogsAndThrottlesOfAll) {
  room::TestWorld world;
  Kept kept;
  ApiUsage usage(*world.env, kept);
  usage.start();
  const auto find = [](const char* service, const char* operation) {
    return *model::find_service(service)->find_operation(operation);
  };
  for (const char* code : {"ThrottlingException", "ResourceNotFoundException"}) {
    usage.count("us-east-1", find("logs", "PutLogEvents"));
    usage.failed("us-east-1", find("logs", "PutLogEvents"), code);
    usage.count("us-east-1", find("events", "PutEvents"));
    usage.failed("us-east-1", find("events", "PutEvents"), code);
  }
  world.control.advance(std::chrono::minutes(1));
  std::vector<std::string> told;
  for (const auto& line : kept.lines)
    if (!line.contains("CallCount")) told.push_back(line.substr(0, line.find(" at ")));
  std::ranges::sort(told);
  const std::vector<std::string> wanted{
      "us-east-1 AWS/Logs ErrorCount 2 of 2",
      "us-east-1 AWS/Logs ErrorCount Class=None Resource=PutLogEvents Service=Logs Type=API 2 of 2",
      "us-east-1 AWS/Logs ThrottleCount 1 of 1",
      "us-east-1 AWS/Logs ThrottleCount Class=None Resource=PutLogEvents Service=Logs Type=API "
      "1 of 1",
      "us-east-1 AWS/Usage ThrottleCount Class=None Resource=PutEvents Service=EventBridge "
      "Type=API 1 of 1"};
  EXPECT_EQ(told, wanted);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

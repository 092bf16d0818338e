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
  ASSERT_EQ(kept.lines.size(), 2u);
  EXPECT_EQ(kept.lines[0], fmt::format("eu-west-1 AWS/Usage CallCount Class=None "
                                       "Resource=ListClusters Service=ECS Type=API 1 of 1 at {}",
                                       minute));
  EXPECT_EQ(kept.lines[1], fmt::format("us-east-1 AWS/Usage CallCount Class=None "
                                       "Resource=PutLogEvents Service=Logs Type=API 3 of 3 at {}",
                                       minute));
  world.control.advance(std::chrono::minutes(2));
  EXPECT_EQ(kept.lines.size(), 2u);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

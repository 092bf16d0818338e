#include "services/cloudwatch/service.h"

#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::cloudwatch {
namespace {

class CloudWatchTest : public testing::Test {
 protected:
  CloudWatchTest()
      : engine_(std::move(*metrics::Engine::open(world_.folder / "metrics.db"))),
        room_(*world_.env, *engine_) {
    world_.store->add(*engine_);
    world_.add(room_);
  }
  ~CloudWatchTest() override { world_.store->flush(); }

  room::Outcome<Value> call(const char* operation, std::string_view input) {
    auto reply = world_.call("cloudwatch", operation, *parse_json(input));
    world_.store->flush();
    return reply;
  }
  std::string error(const char* operation, std::string_view input) {
    const auto reply = call(operation, input);
    return reply ? "" : reply.error().code;
  }
  std::string at(int minutes) {
    return std::to_string(to_ms(world_.clock.now()) + minutes * 60'000LL);
  }
  std::string put(const std::string& datum) {
    return R"({"Namespace":"App","MetricData":[)" + datum + "]}";
  }
  std::string window(int from, int to, int period) {
    return R"({"Namespace":"App","MetricName":"m","StartTime":)" + at(from) + R"(,"EndTime":)" +
           at(to) + R"(,"Period":)" + std::to_string(period) +
           R"(,"Statistics":["Average","Sum","SampleCount"]})";
  }

  room::TestWorld world_;
  std::unique_ptr<metrics::Engine> engine_;
  CloudWatch room_;
};

TEST_F(CloudWatchTest, ReadsBackWhatWasPut) {
  ASSERT_TRUE(call(
      "PutMetricData",
      put(R"({"MetricName":"m","Value":10},{"MetricName":"m","Values":[1,2],"Counts":[2,3]})")));
  const auto reply = call("GetMetricStatistics", window(-5, 5, 300));
  ASSERT_TRUE(reply);
  const auto& points = reply->at("Datapoints").as_array();
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].at("Sum").to_number<double>(), 18);
  EXPECT_EQ(points[0].at("SampleCount").to_number<double>(), 6);
  EXPECT_EQ(points[0].at("Average").to_number<double>(), 3);
}

TEST_F(CloudWatchTest, RefusesWhatAwsRefuses) {
  EXPECT_EQ(error("PutMetricData",
                  R"({"Namespace":"AWS/ECS","MetricData":[{"MetricName":"m","Value":1}]})"),
            "InvalidParameterValue");
  EXPECT_EQ(error("PutMetricData", put(R"({"MetricName":"m"})")), "MissingParameter");
  EXPECT_EQ(error("PutMetricData", put(R"({"MetricName":"m","Value":1,"Values":[1]})")),
            "InvalidParameterCombination");
  EXPECT_EQ(error("PutMetricData",
                  put(R"({"MetricName":"m","Value":1,"Timestamp":)" + at(-15 * 24 * 60) + "}")),
            "InvalidParameterValue");
  EXPECT_EQ(error("PutMetricData", put(R"({"MetricName":"m","Value":1,"StorageResolution":7})")),
            "InvalidParameterValue");
  EXPECT_EQ(error("GetMetricStatistics", window(0, 0, 60)), "InvalidParameterValue");
  EXPECT_EQ(error("GetMetricStatistics", window(0, 60, 45)), "InvalidParameterValue");
  EXPECT_EQ(error("GetMetricStatistics", window(0, 1441, 60)), "InvalidParameterCombination");
  EXPECT_EQ(error("ListMetrics", R"({"NextToken":"x"})"), "InvalidParameterValue");
}

TEST_F(CloudWatchTest, ARefusedRequestStoresNothing) {
  EXPECT_NE(error("PutMetricData", put(R"({"MetricName":"m","Value":1},{"MetricName":"m"})")), "");
  EXPECT_TRUE(call("ListMetrics", "{}")->at("Metrics").as_array().empty());
}

TEST_F(CloudWatchTest, PagesThroughManyMetrics) {
  for (int i = 0; i < 600; ++i)
    room_.put("ap-southeast-2",
              {{"AWS/ECS", "m" + std::to_string(i), {{"d", "v"}}, 1, "Count", world_.clock.now()}});
  world_.store->flush();
  const auto first = call("ListMetrics", R"({"Namespace":"AWS/ECS","Dimensions":[{"Name":"d"}]})");
  EXPECT_EQ(first->at("Metrics").as_array().size(), 500u);
  const auto second =
      call("ListMetrics", R"({"Namespace":"AWS/ECS","NextToken":")" +
                              std::string(text_member(*first, "NextToken")) + "\"}");
  EXPECT_EQ(second->at("Metrics").as_array().size(), 100u);
  EXPECT_EQ(find_member(*second, "NextToken"), nullptr);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

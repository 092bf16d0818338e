#include "services/cloudwatch/service.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::cloudwatch {
namespace {

class CloudWatchTest : public testing::Test {
 protected:
  CloudWatchTest()
      : engine_(std::move(*metrics::Engine::open(world_.folder / "metrics", &world_.clock))),
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

TEST_F(CloudWatchTest, ComputesExtendedStatistics) {
  ASSERT_TRUE(
      call("PutMetricData", put(R"({"MetricName":"m","Values":[1,2,3,4],"Counts":[1,1,1,97]},)"
                                R"({"MetricName":"set","StatisticValues":{"SampleCount":2,"Sum":3,)"
                                R"("Minimum":1,"Maximum":2}})")));
  const auto ask = [&](const char* name, const char* statistics) {
    const auto reply =
        call("GetMetricStatistics",
             fmt::format(R"({{"Namespace":"App","MetricName":"{}","StartTime":{},"EndTime":{},)"
                         R"("Period":300,"ExtendedStatistics":[{}]}})",
                         name, at(-5), at(5), statistics));
    if (!reply) return reply.error().code;
    const auto& points = reply->at("Datapoints").as_array();
    return points.empty() ? "none" : to_json(points[0].at("ExtendedStatistics"));
  };
  EXPECT_EQ(ask("m", R"x("p2","p50","TM(:3%)","PR(:3)","tc99")x"),
            R"x({"PR(:3)":3E0,"TM(:3%)":2E0,"p2":2E0,"p50":4E0,"tc99":9.9E1})x");
  EXPECT_EQ(ask("set", R"("p50")"), "none");
  EXPECT_EQ(ask("m", R"("p101")"), "InvalidParameterValue");
  EXPECT_EQ(ask("m", R"("Average")"), "InvalidParameterValue");
}

// The request of a user of metric math: an expression, its metrics behind it.
TEST_F(CloudWatchTest, AnswersMetricMath) {
  ASSERT_TRUE(call("PutMetricData",
                   put(R"({"MetricName":"errors","Value":3,"Timestamp":)" + at(-2) +
                       R"(},{"MetricName":"calls","Value":30,"Timestamp":)" + at(-2) +
                       R"(},{"MetricName":"calls","Value":20,"Timestamp":)" + at(-1) + "}")));
  const auto stat = [](const char* id, const char* name) {
    return fmt::format(
        R"({{"Id":"{}","ReturnData":false,"MetricStat":{{"Metric":{{"Namespace":"App",)"
        R"("MetricName":"{}"}},"Period":60,"Stat":"Sum"}}}})",
        id, name);
  };
  const auto* rate = R"({"Id":"rate","Expression":"100 * m1 / m2","Label":"[${MAX}] rate"})";
  const auto* all =
      R"x({"Id":"all","Expression":"SUM(SEARCH('{App} calls OR errors', 'Sum', 60))"})x";
  const auto reply =
      call("GetMetricData",
           fmt::format(R"({{"MetricDataQueries":[{},{},{},{}],"StartTime":{},"EndTime":{}}})", rate,
                       stat("m1", "errors"), stat("m2", "calls"), all, at(-5), at(0)));
  ASSERT_TRUE(reply) << reply.error().message;
  const auto& results = reply->at("MetricDataResults").as_array();
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(to_json(results[0].at("Values")), "[0E0,1E1]");  // newest first
  EXPECT_EQ(text_member(results[0], "Label"), "[10] rate");
  EXPECT_EQ(text_member(results[0], "StatusCode"), "Complete");
  EXPECT_EQ(to_json(results[1].at("Values")), "[2E1,3.3E1]");
  EXPECT_EQ(text_member(results[1], "Label"), "all");
}

TEST_F(CloudWatchTest, PagesThroughDataPoints) {
  std::vector<std::string> data;
  for (int i = 1; i <= 5; ++i)
    data.push_back(fmt::format(R"({{"MetricName":"m","Value":{},"Timestamp":{}}})", i, at(-i)));
  ASSERT_TRUE(call("PutMetricData", put(fmt::format("{}", fmt::join(data, ",")))));
  const auto ask = [&](const std::string& more, const char* id = "a") {
    return fmt::format(
        R"({{"MetricDataQueries":[{{"Id":"{}","MetricStat":{{"Metric":{{"Namespace":"App",)"
        R"("MetricName":"m"}},"Period":60,"Stat":"Sum"}}}}],"StartTime":{},"EndTime":{},)"
        R"("MaxDatapoints":3{}}})",
        id, at(-60), at(0), more);
  };
  const auto first = call("GetMetricData", ask(""));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(to_json(first->at("MetricDataResults").at(0).at("Values")), "[1E0,2E0,3E0]");
  EXPECT_EQ(text_member(first->at("MetricDataResults").at(0), "StatusCode"), "PartialData");
  const auto token = fmt::format(R"(,"NextToken":"{}")", text_member(*first, "NextToken"));
  const auto second = call("GetMetricData", ask(token));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(to_json(second->at("MetricDataResults").at(0).at("Values")), "[4E0,5E0]");
  EXPECT_EQ(text_member(second->at("MetricDataResults").at(0), "StatusCode"), "Complete");
  EXPECT_EQ(find_member(*second, "NextToken"), nullptr);
  EXPECT_EQ(error("GetMetricData", ask(token, "b")), "InvalidNextToken");
  EXPECT_EQ(error("GetMetricData", ask(R"(,"NextToken":"x")")), "InvalidNextToken");
}

TEST_F(CloudWatchTest, AnswersMetricsInsights) {
  const auto datum = [&](const char* host, const char* zone, double value, int minute) {
    return fmt::format(R"({{"MetricName":"m","Value":{},"Timestamp":{},"Dimensions":[)"
                       R"({{"Name":"Host","Value":"{}"}},{{"Name":"Zone","Value":"{}"}}]}})",
                       value, at(minute), host, zone);
  };
  ASSERT_TRUE(call("PutMetricData",
                   put(datum("a", "1", 5, -3) + "," + datum("b", "1", 7, -3) + "," +
                       datum("b", "1", 1, -2) + "," + datum("c", "2", 100, -3) + "," +
                       fmt::format(R"({{"MetricName":"m","Value":4,"Timestamp":{}}})", at(-3)))));
  const auto ask = [&](const std::string& select, const std::string& more = "") {
    const auto reply =
        call("GetMetricData",
             fmt::format(R"x({{"MetricDataQueries":[{{"Id":"q1","Period":60,)x"
                         R"x("Expression":"SELECT {}"}}{}],"StartTime":{},"EndTime":{},)x"
                         R"x("ScanBy":"TimestampAscending"}})x",
                         select, more, at(-10), at(0)));
    EXPECT_TRUE(reply) << reply.error().message;
    std::string text;
    for (const auto& result : reply->at("MetricDataResults").as_array())
      text += std::string(text_member(result, "Label")) + to_json(result.at("Values")) + " ";
    for (const auto& message : reply->at("Messages").as_array())
      text += text_member(message, "Code");
    return text;
  };
  EXPECT_EQ(ask("SUM(m) FROM App"), "q1[1.16E2,1E0] ");
  EXPECT_EQ(ask("AVG(m) FROM SCHEMA(App, Zone, Host) WHERE Host != 'c'"), "q1[6E0,1E0] ");
  EXPECT_EQ(ask("MAX(m) FROM App GROUP BY Zone"), "1[7E0,1E0] 2[1E2] Other[4E0] ");
  EXPECT_EQ(ask("COUNT(m) FROM SCHEMA(App, Host, Zone) GROUP BY Zone, Host"),
            "1 a[1E0] 1 b[1E0,1E0] 2 c[1E0] ");
  EXPECT_EQ(ask("MIN(m) FROM App GROUP BY Host ORDER BY MAX() DESC LIMIT 2"), "c[1E2] b[7E0,1E0] ");
  EXPECT_EQ(ask("MIN(m) FROM App GROUP BY Host ORDER BY COUNT() DESC LIMIT 1"), "b[7E0,1E0] ");
  EXPECT_EQ(ask("MAX(m) FROM App GROUP BY Zone", R"x(,{"Id":"e1","Expression":"SUM(q1)"})x"),
            "1[7E0,1E0] 2[1E2] Other[4E0] e1[1.11E2,1E0] ");
  EXPECT_EQ(ask("MAX(x) FROM App"), "q1[] ");
}

TEST_F(CloudWatchTest, RefusesQuestionsThatMeanNothing) {
  const auto refused = [&](const std::string& queries) {
    const auto reply = call(
        "GetMetricData", fmt::format(R"({{"MetricDataQueries":[{}],"StartTime":{},"EndTime":{}}})",
                                     queries, at(-5), at(0)));
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  };
  EXPECT_EQ(refused(R"x({"Id":"e1","Expression":"FOO(m1)"})x"),
            "ValidationError: Error in expression 'e1': Function 'FOO' not found");
  EXPECT_EQ(refused(R"({"Id":"e1","Expression":"e2"},{"Id":"e2","Expression":"e1"})"),
            "ValidationError: Error in expression 'e1': Circular reference to 'e1'");
  for (const auto* query :
       {R"({"Id":"e1","Expression":"1 + 1"})", R"x({"Id":"E1","Expression":"TIME_SERIES(1)"})x",
        R"({"Id":"e1","Expression":"m9"})"})
    EXPECT_TRUE(refused(query).starts_with("ValidationError")) << query;
  EXPECT_EQ(
      refused(R"x({"Id":"q1","Expression":"SELECT AVG(x) y"})x"),
      "ValidationError: Error in expression 'q1': Unexpected 'y', expected FROM, at character "
      "15");
  EXPECT_EQ(refused(R"x({"Id":"q1","Expression":"SELECT AVG(x) FROM y"},)x"
                    R"x({"Id":"q2","Expression":"SELECT AVG(x) FROM y"})x"),
            "ValidationError: Only one Metrics Insights query is allowed in a request.");
  EXPECT_TRUE(refused(R"({"Id":"e1"})").starts_with("MissingParameter"));
  EXPECT_TRUE(refused("").starts_with("MissingParameter"));
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

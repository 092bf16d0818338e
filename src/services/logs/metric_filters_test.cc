// Metric filters and AWS/Logs through the room's operations, by the world's clock.
#include "services/logs/metric_filters.h"

#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct Metrics final : cloudwatch::MetricWriter {
  void add(const std::string&, std::vector<cloudwatch::Datum> more) override {
    for (auto& datum : more) {
      std::string text = datum.name_space + " " + datum.name;
      for (const auto& [name, value] : datum.dimensions) text += " " + name + "=" + value;
      data.push_back(fmt::format("{} {} {}", text, datum.value, datum.unit));
    }
  }
  std::vector<std::string> taken() { return std::exchange(data, {}); }
  std::vector<std::string> data;
};

class FiltersTest : public ::testing::Test {
 protected:
  FiltersTest()
      : engine_(std::move(*seatrial::logs::Engine::open(world_.folder / "logs.db"))),
        room_(std::make_unique<Logs>(*world_.env, *engine_, &metrics_)) {
    world_.store->add(*engine_);
    world_.add(*room_);
    room_->start();
    must("CreateLogGroup", {{"logGroupName", "/app"}});
    must("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", "s"}});
  }
  ~FiltersTest() override {
    room_->stop();
    world_.store->flush();
  }

  Value must(const char* operation, const Value& input) {
    auto reply = world_.call("logs", operation, input);
    EXPECT_TRUE(reply) << operation << ": " << reply.error().code << " " << reply.error().message;
    return reply ? *reply : Value(Object{});
  }
  std::string error(const char* operation, const Value& input) {
    const auto reply = world_.call("logs", operation, input);
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  static Value filter(const std::string& name, const std::string& pattern, Object to) {
    to["metricName"] = "m", to["metricNamespace"] = "N";
    return Object{{"logGroupName", "/app"},
                  {"filterName", name},
                  {"filterPattern", pattern},
                  {"metricTransformations", Array{std::move(to)}}};
  }
  void put(std::initializer_list<const char*> messages) {
    Array events;
    for (const char* message : messages)
      events.push_back(Object{{"timestamp", to_ms(world_.clock.now())}, {"message", message}});
    must("PutLogEvents",
         {{"logGroupName", "/app"}, {"logStreamName", "s"}, {"logEvents", std::move(events)}});
  }

  room::TestWorld world_;
  Metrics metrics_;
  std::unique_ptr<seatrial::logs::Engine> engine_;
  std::unique_ptr<Logs> room_;
};

TEST_F(FiltersTest, EventsThatMatchBecomeData) {
  must("PutMetricFilter", filter("errors", "ERROR", {{"metricValue", "1"}, {"unit", "Count"}}));
  must("PutMetricFilter",
       filter("latency", "{ $.ms > 100 }",
              {{"metricValue", "$.ms"}, {"dimensions", Object{{"Path", "$.path"}}}}));
  must("PutMetricFilter", filter("bytes", "[ip, status, bytes]", {{"metricValue", "$bytes"}}));
  put({"an ERROR", "fine", R"({"ms": 250, "path": "/a"})", R"({"ms": 50, "path": "/a"})",
       R"({"ms": 300})", "1.2.3.4 200 512", "1.2.3.4 200 many"});
  EXPECT_THAT(metrics_.taken(),
              UnorderedElementsAre("N m 1 Count", "N m Path=/a 250 None", "N m 512 None"));
}

TEST_F(FiltersTest, WhatRunsIsSeenToo) {
  must("PutMetricFilter", filter("errors", "ERROR", {{"metricValue", "2.5"}}));
  room_->append("ap-southeast-2", "/app", "s", {{world_.clock.now(), "ERROR here"}}, {});
  EXPECT_THAT(metrics_.taken(), ElementsAre("N m 2.5 None"));
  must("DeleteMetricFilter", {{"logGroupName", "/app"}, {"filterName", "errors"}});
  put({"ERROR"});
  EXPECT_THAT(metrics_.taken(), IsEmpty());
}

TEST_F(FiltersTest, MinutesTellDefaultsAndWhatArrived) {
  must("PutMetricFilter", filter("errors", "ERROR", {{"metricValue", "1"}, {"defaultValue", 0.0}}));
  put({"fine", "well"});
  world_.control.advance(Millis{60'000});
  EXPECT_THAT(
      metrics_.taken(),
      UnorderedElementsAre("AWS/Logs IncomingLogEvents 2 None",
                           "AWS/Logs IncomingLogEvents LogGroupName=/app 2 None",
                           "AWS/Logs IncomingBytes 60 Bytes",
                           "AWS/Logs IncomingBytes LogGroupName=/app 60 Bytes", "N m 0 None"));
  put({"fine", "ERROR"});
  EXPECT_THAT(metrics_.taken(), ElementsAre("N m 1 None"));
  world_.control.advance(Millis{60'000});
  EXPECT_THAT(metrics_.taken(), ::testing::Not(::testing::Contains("N m 0 None")));
  world_.control.advance(Millis{60'000});
  EXPECT_THAT(metrics_.taken(), IsEmpty());  // nothing arrived
}

TEST_F(FiltersTest, Refusals) {
  EXPECT_THAT(error("PutMetricFilter", filter("f", "{ $.a = ", {{"metricValue", "1"}})),
              HasSubstr("InvalidParameterException: Invalid filter pattern"));
  EXPECT_THAT(error("PutMetricFilter", filter("f", "ERROR", {{"metricValue", "$.a"}})),
              HasSubstr("is no field of the filter pattern"));
  EXPECT_THAT(error("PutMetricFilter", filter("f", "ERROR", {{"metricValue", "one"}})),
              HasSubstr("neither a number nor a field"));
  EXPECT_THAT(error("PutMetricFilter", filter("f", "{ $.a = * }",
                                              {{"metricValue", "1"},
                                               {"defaultValue", 0.0},
                                               {"dimensions", Object{{"A", "$.a"}}}})),
              HasSubstr("mutually exclusive"));
  EXPECT_THAT(error("DeleteMetricFilter", {{"logGroupName", "/app"}, {"filterName", "f"}}),
              HasSubstr("ResourceNotFoundException"));
  EXPECT_THAT(error("DescribeMetricFilters", {{"metricName", "m"}}), HasSubstr("together"));
  EXPECT_THAT(must("DescribeMetricFilters", Object{}).at("metricFilters").as_array(), IsEmpty());
}

TEST_F(FiltersTest, ListsAndTests) {
  for (const char* name : {"a", "b", "c"})
    must("PutMetricFilter", filter(name, "ERROR", {{"metricValue", "1"}}));
  const auto page = must("DescribeMetricFilters", {{"logGroupName", "/app"}, {"limit", 2}});
  ASSERT_EQ(page.at("metricFilters").as_array().size(), 2u);
  const auto rest =
      must("DescribeMetricFilters",
           {{"logGroupName", "/app"}, {"limit", 2}, {"nextToken", page.at("nextToken")}});
  ASSERT_EQ(rest.at("metricFilters").as_array().size(), 1u);
  EXPECT_EQ(text_member(rest.at("metricFilters").at(0), "filterName"), "c");
  const auto tested =
      must("TestMetricFilter", {{"filterPattern", "[w = ERROR, n]"},
                                {"logEventMessages", Array{"one two three", "ERROR 5"}}});
  ASSERT_EQ(tested.at("matches").as_array().size(), 1u);
  EXPECT_EQ(tested.at("matches").at(0).at("eventNumber"), 2);
  EXPECT_EQ(text_member(tested.at("matches").at(0).at("extractedValues"), "$n"), "5");
  must("DeleteLogGroup", {{"logGroupName", "/app"}});
  EXPECT_THAT(must("DescribeMetricFilters", Object{}).at("metricFilters").as_array(), IsEmpty());
}

}  // namespace
}  // namespace seatrial::services::logs

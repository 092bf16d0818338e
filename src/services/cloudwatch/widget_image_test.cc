// What GetMetricWidgetImage reads from a widget, draws and refuses. Pictures are looked at in
// drivers/chart.
#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/cloudwatch/service.h"
#include "services/cloudwatch/widget_image.h"

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class WidgetImageTest : public testing::Test {
 protected:
  WidgetImageTest()
      : engine_(std::move(*metrics::Engine::open(world_.folder / "metrics.db"))),
        room_(*world_.env, *engine_) {
    world_.store->add(*engine_);
    world_.add(room_);
  }
  ~WidgetImageTest() override { world_.store->flush(); }

  room::Outcome<Value> draw(const std::string& widget, Object more = {}) {
    more["MetricWidget"] = widget;
    return world_.call("cloudwatch", "GetMetricWidgetImage", std::move(more));
  }
  std::string refusal(const std::string& widget) {
    const auto reply = draw(widget);
    return reply ? "drawn" : reply.error().message;
  }
  WidgetImage read(const std::string& widget) {
    const auto alarm_of = [this](std::string_view arn) {
      return arn.ends_with(":cpu") ? &alarm_ : nullptr;
    };
    auto image = read_widget(world_.context(), widget, alarm_of);
    EXPECT_TRUE(image) << (image ? "" : image.error().message);
    return image ? *image : WidgetImage{};
  }

  aws::cloudwatch::PutMetricAlarmInput alarm_;
  room::TestWorld world_;
  std::unique_ptr<metrics::Engine> engine_;
  CloudWatch room_;
};

TEST_F(WidgetImageTest, DrawsWhatWasPut) {
  room_.put("ap-southeast-2", {{"AWS/ECS",
                                "CPUUtilization",
                                {{"ClusterName", "c"}},
                                40,
                                "Percent",
                                world_.clock.now() - std::chrono::minutes(30)}});
  world_.store->flush();
  const auto reply = draw(R"({"metrics":[["AWS/ECS","CPUUtilization","ClusterName","c"]]})");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_THAT(std::string(text_member(*reply, "MetricWidgetImage")), StartsWith("\x89PNG\r\n"));
}

TEST_F(WidgetImageTest, DefaultsAreThoseDocumented) {
  const auto image = read(R"({"metrics":[["A","b"]]})");
  EXPECT_EQ(image.chart.width, 600);
  EXPECT_EQ(image.chart.height, 400);
  EXPECT_EQ(image.chart.end, world_.clock.now());
  EXPECT_EQ(image.chart.end - image.chart.start, std::chrono::hours(3));
  ASSERT_TRUE(image.queries.at(0).stat);
  EXPECT_EQ(image.queries[0].stat->period_s, 300);
  EXPECT_EQ(image.queries[0].stat->statistic, "Average");
  EXPECT_EQ(image.queries[0].stat->series.region, "ap-southeast-2");
}

TEST_F(WidgetImageTest, RowsBecomeQueriesAndLooks) {
  const auto image = read(R"({"stat":"Sum","period":60,"region":"us-east-1","metrics":[
      ["AWS/ApplicationELB","RequestCount","LoadBalancer","a",{"id":"m1","visible":false}],
      ["...","b",{"stat":"p99","yAxis":"right","color":"#112233","region":"eu-west-1"}],
      [{"expression":"m1*2","label":"twice","id":"e1"}]]})");
  ASSERT_EQ(image.queries.size(), 3u);
  EXPECT_FALSE(image.queries[0].return_data);
  EXPECT_EQ(image.queries[0].stat->statistic, "Sum");
  EXPECT_EQ(image.queries[0].label, "a");
  EXPECT_EQ(image.queries[1].stat->statistic, "p99");
  EXPECT_EQ(image.queries[1].stat->series.region, "eu-west-1");
  EXPECT_TRUE(image.looks.at(image.queries[1].id).right_axis);
  EXPECT_TRUE(image.looks.at(image.queries[1].id).color);
  EXPECT_EQ(image.queries[2].expression, "m1*2");
  EXPECT_EQ(image.queries[2].period_s, 60);
  EXPECT_EQ(image.region, "us-east-1");
}

TEST_F(WidgetImageTest, TimesAxesAndAnnotations) {
  const auto image = read(R"({"metrics":[["A","b"]],"start":"-P1DT2H","end":"-PT30M",
      "timezone":"-0330","theme":"dark","title":"T","stacked":true,"legend":{"position":"right"},
      "yAxis":{"left":{"min":0,"max":100,"label":"%"}},
      "annotations":{"horizontal":[{"value":80,"fill":"above","label":"limit","color":"#ff0000"},
          [{"value":10},{"value":20}],{"value":1,"visible":false}],
        "vertical":[{"value":"2026-11-30T12:00:00Z","fill":"before"}]}})");
  const auto& chart = image.chart;
  EXPECT_EQ(chart.end, world_.clock.now() - std::chrono::minutes(30));
  EXPECT_EQ(world_.clock.now() - chart.start, std::chrono::hours(26));
  EXPECT_EQ(chart.offset, std::chrono::minutes(-210));
  EXPECT_TRUE(chart.dark && chart.stacked);
  EXPECT_EQ(chart.left.max, 100);
  ASSERT_EQ(chart.horizontal.size(), 2u);
  EXPECT_EQ(chart.horizontal[0].fill, drivers::chart::Fill::kAbove);
  EXPECT_EQ(chart.horizontal[1].other, 20);
  ASSERT_EQ(chart.vertical.size(), 1u);
}

TEST_F(WidgetImageTest, AnAlarmIsItsMetricAndItsThreshold) {
  alarm_.AlarmName = "cpu";
  alarm_.Namespace = "AWS/ECS";
  alarm_.MetricName = "CPUUtilization";
  alarm_.Statistic = "Maximum";
  alarm_.Period = 60;
  alarm_.EvaluationPeriods = 3;
  alarm_.Threshold = 80;
  alarm_.ComparisonOperator = "GreaterThanThreshold";
  const auto image = read(R"({"annotations":{"alarms":["arn:aws:cloudwatch:r:1:alarm:cpu"]}})");
  ASSERT_EQ(image.queries.size(), 1u);
  EXPECT_EQ(image.queries[0].stat->statistic, "Maximum");
  EXPECT_EQ(image.queries[0].stat->period_s, 60);
  ASSERT_EQ(image.chart.horizontal.size(), 1u);
  EXPECT_EQ(image.chart.horizontal[0].label,
            "CPUUtilization > 80 for 3 datapoints within 3 minutes");
  EXPECT_THAT(refusal(R"({"annotations":{"alarms":["arn:aws:cloudwatch:r:1:alarm:x"]}})"),
              HasSubstr("no metric alarm"));
}

TEST_F(WidgetImageTest, RefusesByName) {
  EXPECT_THAT(refusal("{"), HasSubstr("must be a valid JSON object"));
  EXPECT_THAT(refusal("{}"), HasSubstr("'metrics'"));
  EXPECT_THAT(refusal(R"({"metrics":[]})"), HasSubstr("less than 1 items"));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"width":2001})"), HasSubstr("Should be <= 2000"));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"glow":1})"), HasSubstr("additional properties"));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"yAxis":{"top":{}}})"), HasSubstr("\"top\\\""));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"view":"table"})"), HasSubstr("\"table\""));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"setPeriodToTimeRange":true})"),
              HasSubstr("setPeriodToTimeRange"));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"accountId":"111111111111"})"),
              HasSubstr("other accounts"));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b"]],"start":"-PT1H","end":"-PT2H"})"),
              HasSubstr("before its end"));
  EXPECT_THAT(refusal(R"({"metrics":[[{"expression":"m1*2"}]]})"), HasSubstr("m1"));
  EXPECT_THAT(refusal(R"({"metrics":[["A","b",{"id":"a"}],["A","c",{"id":"a"}]]})"),
              HasSubstr("same id"));
  const auto bare = draw(R"({"metrics":[["A","b"]]})", {{"OutputFormat", "image/png"}});
  ASSERT_FALSE(bare);
  EXPECT_THAT(bare.error().message, HasSubstr("image/png"));
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

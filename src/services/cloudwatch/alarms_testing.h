// Alarms on a manual clock, with a topic, a scaling policy and a bus that note what they get.
#pragma once
#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/cloudwatch/alarm_targets.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {

inline constexpr const char* kTopic = "arn:aws:sns:ap-southeast-2:123456789012:ops";

class FakeTopic final : public AlarmActionKind {
 public:
  room::Outcome<void> execute(const AlarmActionRequest& request) override {
    if (!failing.empty()) return model::fail("NotFound", failing);
    requests.push_back(request);
    return {};
  }
  bool repeats() const override { return repeating; }
  std::vector<AlarmActionRequest> requests;
  std::string failing;
  bool repeating = false;
};

class FakeEvents final : public AlarmEvents {
 public:
  void put(const std::string&, const std::string& type, const std::string&, Value detail) override {
    events.emplace_back(type, std::move(detail));
  }
  std::vector<std::pair<std::string, Value>> events;
};

class AlarmsTest : public testing::Test {
 protected:
  AlarmsTest() : engine_(std::move(*metrics::Engine::open(world_.folder / "metrics.db"))) {
    world_.store->add(*engine_);
    open();
  }
  ~AlarmsTest() override { world_.store->flush(); }

  void open() {
    room_ = std::make_unique<CloudWatch>(*world_.env, *engine_);
    room_->add_alarm_action("sns", topic_);
    room_->add_alarm_action("autoscaling", scaling_);
    room_->send_alarm_events(events_);
    world_.add(*room_);
    room_->start();
  }
  Value call(const char* operation, std::string_view input) {
    auto reply = world_.call("cloudwatch", operation, *parse_json(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    world_.control.run_due();
    world_.store->flush();
    return reply.value_or(Value{});
  }
  std::string error(const char* operation, std::string_view input) {
    const auto reply = world_.call("cloudwatch", operation, *parse_json(input));
    world_.control.run_due();
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  // An alarm on the metric m of App, "more" put last.
  static std::string alarm(const std::string& name, const std::string& more = "") {
    return R"({"AlarmName":")" + name +
           R"(","Namespace":"App","MetricName":"m","Statistic":"Sum","Period":60,)"
           R"("EvaluationPeriods":1,"Threshold":1.0,)"
           R"("ComparisonOperator":"GreaterThanOrEqualToThreshold")" +
           (more.empty() ? "" : "," + more) + "}";
  }
  static std::string composite(const std::string& name, const std::string& rule,
                               const std::string& more = "") {
    return R"({"AlarmName":")" + name + R"(","AlarmRule":")" + rule + "\"" +
           (more.empty() ? "" : "," + more) + "}";
  }
  void datum(double value, const std::string& metric = "m") {
    call("PutMetricData", fmt::format(R"({{"Namespace":"App","MetricData":[{{"MetricName":"{}",)"
                                      R"("Value":{}}}]}})",
                                      metric, value));
  }
  void minutes(int count) {
    world_.control.advance(std::chrono::minutes(count));
    world_.store->flush();
  }
  Value described(const std::string& name) {
    const auto reply = call("DescribeAlarms", R"({"AlarmNames":[")" + name +
                                                  R"("],"AlarmTypes":["MetricAlarm",)"
                                                  R"("CompositeAlarm"]})");
    for (const char* kind : {"MetricAlarms", "CompositeAlarms"})
      if (!reply.at(kind).as_array().empty()) return reply.at(kind).as_array()[0];
    return Object{};
  }
  std::string state(const std::string& name) {
    return std::string(text_member(described(name), "StateValue"));
  }
  void set(const std::string& name, const std::string& value) {
    call("SetAlarmState", R"({"AlarmName":")" + name + R"(","StateValue":")" + value +
                              R"(","StateReason":"testing"})");
  }
  std::vector<std::string> summaries(const std::string& more = "") {
    std::vector<std::string> out;
    const auto reply = call("DescribeAlarmHistory",
                            R"({"AlarmTypes":["MetricAlarm","CompositeAlarm"])" + more + "}");
    for (const auto& item : reply.at("AlarmHistoryItems").as_array())
      out.emplace_back(text_member(item, "HistorySummary"));
    return out;
  }
  std::vector<std::string> names(const Value& reply) {
    std::vector<std::string> out;
    for (const char* kind : {"MetricAlarms", "CompositeAlarms"})
      if (const auto* alarms = find_member(reply, kind))
        for (const auto& item : alarms->as_array())
          out.emplace_back(text_member(item, "AlarmName"));
    return out;
  }

  room::TestWorld world_;
  std::unique_ptr<metrics::Engine> engine_;
  FakeTopic topic_, scaling_;
  FakeEvents events_;
  std::unique_ptr<CloudWatch> room_;
};

}  // namespace seatrial::services::cloudwatch

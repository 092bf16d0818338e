// Alarms on several time series on a manual clock: their contributors, history, actions, events.
#include "services/cloudwatch/alarms_testing.h"

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FleetAlarms : public AlarmsTest {
 protected:
  // On the metric m of App by Host, in ALARM over 10.
  void put(const std::string& more = "") {
    call("PutMetricAlarm",
         R"x({"AlarmName":"fleet","AlarmDescription":"hosts","EvaluationPeriods":1,"Metrics":[)x"
         R"x({"Id":"q1","Expression":"SELECT MAX(m) FROM App GROUP BY Host ORDER BY MAX() DESC",)x"
         R"x("Period":60}],"Threshold":10,"ComparisonOperator":"GreaterThanThreshold")x" +
             more + "}");
  }
  void host(const std::string& name, int value) {
    call("PutMetricData", fmt::format(R"({{"Namespace":"App","MetricData":[{{"MetricName":"m",)"
                                      R"("Value":{},"Dimensions":[{{"Name":"Host",)"
                                      R"("Value":"{}"}}]}}]}})",
                                      value, name));
  }
  std::vector<std::string> contributors() {
    std::vector<std::string> out;
    const auto reply = call("DescribeAlarmContributors", R"({"AlarmName":"fleet"})");
    for (const auto& one : reply.at("AlarmContributors").as_array())
      out.push_back(std::string(text_member(one.at("ContributorAttributes"), "Host")));
    std::ranges::sort(out);
    return out;
  }
  std::vector<std::string> history(const std::string& more) {
    std::vector<std::string> out;
    const auto reply = call("DescribeAlarmHistory",
                            R"({"AlarmName":"fleet","ScanBy":"TimestampAscending")" + more + "}");
    for (const auto& item : reply.at("AlarmHistoryItems").as_array()) {
      const auto* attributes = find_member(item, "AlarmContributorAttributes");
      const auto of = attributes != nullptr ? text_member(*attributes, "Host") : "";
      out.push_back(std::string(of) + (of.empty() ? "" : ": ") +
                    std::string(text_member(item, "HistorySummary")));
    }
    return out;
  }
  // "SNS's old state > new state of whom", in order.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    for (const auto& request : topic_.requests) {
      const auto message = *parse_json(request.message);
      const auto* attributes = find_member(message, "AlarmContributorAttributes");
      out.push_back(fmt::format(
          "{} > {}{}", text_member(message, "OldStateValue"), text_member(message, "NewStateValue"),
          attributes == nullptr ? "" : " of " + std::string(text_member(*attributes, "Host"))));
    }
    return out;
  }
  std::string reason() { return std::string(text_member(described("fleet"), "StateReason")); }

  const std::string actions_ = R"(,"AlarmActions":[")" + std::string(kTopic) +
                               R"("],"OKActions":[")" + std::string(kTopic) +
                               R"("],"InsufficientDataActions":[")" + std::string(kTopic) + "\"]";
};

TEST_F(FleetAlarms, EachTimeSeriesIsAContributorWithItsOwnActions) {
  put(actions_);
  host("a", 50), host("b", 3);
  minutes(1);
  EXPECT_EQ(state("fleet"), "ALARM");
  EXPECT_EQ(reason(), "1 out of 2 time series evaluated to ALARM");
  EXPECT_THAT(contributors(), ElementsAre("a"));
  host("a", 50), host("b", 30), host("c", 1);  // one more breaches while the alarm is in ALARM
  minutes(1);
  EXPECT_EQ(reason(), "2 out of 3 time series evaluated to ALARM");
  EXPECT_THAT(contributors(), ElementsAre("a", "b"));
  host("a", 5), host("b", 5);
  minutes(1);
  EXPECT_EQ(state("fleet"), "OK");
  EXPECT_THAT(contributors(), IsEmpty());
  EXPECT_THAT(told(), ElementsAre("OK > ALARM of a", "OK > ALARM of b", "ALARM > OK of a",
                                  "ALARM > OK of b"));
  EXPECT_THAT(
      history(R"(,"HistoryItemType":"AlarmContributorStateUpdate")"),
      ElementsAre("a: Contributor state updated to ALARM", "b: Contributor state updated to ALARM",
                  "a: Contributor state updated to OK", "b: Contributor state updated to OK"));
  EXPECT_EQ(history(R"(,"HistoryItemType":"AlarmContributorAction")").size(), 4u);
  EXPECT_THAT(history(R"(,"HistoryItemType":"Action")"), IsEmpty());
  EXPECT_THAT(history(R"(,"HistoryItemType":"StateUpdate")"),
              ElementsAre("Alarm updated from INSUFFICIENT_DATA to ALARM",
                          "State Reason changed from \"1 out of 2 time series evaluated to ALARM\" "
                          "to \"2 out of 3 time series evaluated to ALARM\"",
                          "Alarm updated from ALARM to OK"));
}

TEST_F(FleetAlarms, AContributorIsToldOfWithItsAttributes) {
  put(actions_);
  host("a", 50);
  minutes(1);
  const auto reply = call("DescribeAlarmContributors", R"({"AlarmName":"fleet"})");
  const auto one = reply.at("AlarmContributors").as_array().at(0);
  const std::string id(text_member(one, "ContributorId"));
  const std::string reason =
      "Threshold Crossed: 1 datapoint was greater than the threshold (10.0). The most recent "
      "datapoint which crossed the threshold: [50.0 (01/01/26 00:00:00)].";
  EXPECT_EQ(text_member(one, "StateReason"), reason);
  EXPECT_EQ(one.at("StateTransitionedTimestamp").as_int64(),
            described("fleet").at("StateTransitionedTimestamp").as_int64());

  const auto& event =
      *std::ranges::find(events_.events, "CloudWatch Alarm Contributor State Change",
                         [](const auto& e) { return e.first; });
  EXPECT_EQ(to_json(event.second.at("alarmContributor")),
            R"({"id":")" + id + R"(","attributes":{"Host":"a"}})");
  EXPECT_EQ(text_member(event.second.at("state"), "reason"), reason);
  EXPECT_EQ(find_member(event.second, "previousState"), nullptr);
  EXPECT_EQ(event.second.at("configuration").at("metrics").at(0).at("period").as_int64(), 60);
  EXPECT_EQ(events_.events.back().first, "CloudWatch Alarm State Change") << "the alarm's own";

  const auto& request = topic_.requests.at(0);
  EXPECT_EQ(text_member(*parse_json(request.message), "AlarmContributorId"), id);
  EXPECT_EQ(text_member(request.payload.at("alarmData").at("alarmContributor"), "id"), id);
  EXPECT_THAT(history(R"(,"AlarmContributorId":")" + id + "\""),
              ElementsAre(HasSubstr("updated to ALARM"), HasSubstr("Successfully executed")));
}

TEST_F(FleetAlarms, ContributorsComeAndGo) {
  put();
  host("a", 50), host("b", 50);
  minutes(1);
  EXPECT_THAT(contributors(), ElementsAre("a", "b"));
  for (int i = 0; i < 3; ++i) host("b", 50), minutes(1);  // three periods are looked at
  EXPECT_THAT(contributors(), ElementsAre("b"));
  const auto reply = call("DescribeAlarmHistory", R"({"AlarmName":"fleet","MaxRecords":1,)"
                                                  R"("HistoryItemType":)"
                                                  R"("AlarmContributorStateUpdate"})");
  EXPECT_THAT(text_member(reply.at("AlarmHistoryItems").at(0), "HistoryData"),
              HasSubstr("No data was returned for this contributor"));
  minutes(3);
  EXPECT_THAT(contributors(), IsEmpty());
  EXPECT_EQ(state("fleet"), "INSUFFICIENT_DATA");
  EXPECT_EQ(reason(),
            "No time series were returned by the query. Treat missing data is configured as "
            "[Missing].");
}

TEST_F(FleetAlarms, WithoutTimeSeriesTheAlarmItselfActs) {
  put(actions_ + R"(,"TreatMissingData":"breaching")");
  minutes(1);
  EXPECT_EQ(state("fleet"), "ALARM");
  EXPECT_THAT(contributors(), IsEmpty());
  EXPECT_THAT(told(), ElementsAre("INSUFFICIENT_DATA > ALARM"));
}

TEST_F(FleetAlarms, WhatIsOfTheAlarmIsNotOfContributors) {
  const std::string policy =
      "arn:aws:autoscaling:ap-southeast-2:123456789012:scalingPolicy:1:autoScalingGroupName/g:"
      "policyName/p";
  put(R"(,"AlarmActions":[")" + policy + "\"]");
  host("a", 50), host("b", 50);
  minutes(1);
  EXPECT_EQ(scaling_.requests.size(), 1u);
}

TEST_F(FleetAlarms, SetByHandItComesBack) {
  put();
  host("a", 50);
  minutes(1);
  set("fleet", "OK");
  EXPECT_EQ(state("fleet"), "OK");
  EXPECT_THAT(contributors(), ElementsAre("a"));
  host("a", 50);
  minutes(1);
  EXPECT_EQ(state("fleet"), "ALARM");
  EXPECT_EQ(history(R"(,"HistoryItemType":"AlarmContributorStateUpdate")").size(), 1u);
}

TEST_F(FleetAlarms, ContributorsAreKeptOnDiskAndWhenTheAlarmIsPutAgain) {
  put(actions_);
  host("a", 50);
  minutes(1);
  AlarmTables reread(*world_.env);
  const auto* record = reread.alarms.find("ap-southeast-2/fleet");
  ASSERT_NE(record, nullptr);
  ASSERT_EQ(record->contributors.size(), 1u);
  EXPECT_EQ(record->contributors[0].attributes.at("Host"), "a");
  put(actions_);
  EXPECT_THAT(contributors(), ElementsAre("a"));
  host("a", 50);
  minutes(1);
  EXPECT_EQ(told().size(), 1u) << "no second time";
}

TEST_F(FleetAlarms, OnOneTimeSeriesTheyAreGone) {
  put();
  host("a", 50);
  minutes(1);
  call("PutMetricAlarm", alarm("fleet"));
  EXPECT_THAT(contributors(), IsEmpty());
  EXPECT_EQ(history(R"(,"HistoryItemType":"AlarmContributorStateUpdate")").size(), 1u);
}

TEST_F(FleetAlarms, TellWhenTheyReadLessThanAll) {
  put();
  std::string data;
  for (int i = 0; i < 501; ++i)
    data += fmt::format(R"({}{{"MetricName":"m","Value":1,"Dimensions":[{{"Name":"Host",)"
                        R"("Value":"{}"}}]}})",
                        i == 0 ? "" : ",", i);
  call("PutMetricData", R"({"Namespace":"App","MetricData":[)" + data + "]}");
  minutes(1);
  EXPECT_EQ(text_member(described("fleet"), "EvaluationState"), "PARTIAL_DATA");
  EXPECT_EQ(reason(), "500 time series evaluated to OK");
  EXPECT_EQ(text_member(events_.events.back().second.at("state"), "evaluationState"),
            "PARTIAL_DATA");
}

TEST_F(FleetAlarms, AreTwoHundredInARegion) {
  const auto input = [](int i) {
    return fmt::format(R"x({{"AlarmName":"i{}","EvaluationPeriods":1,"Threshold":1,"Metrics":[)x"
                       R"x({{"Id":"q1","Expression":"SELECT MAX(m) FROM App","Period":60}}],)x"
                       R"x("ComparisonOperator":"GreaterThanThreshold"}})x",
                       i);
  };
  for (int i = 0; i < 200; ++i) call("PutMetricAlarm", input(i));
  EXPECT_THAT(error("PutMetricAlarm", input(200)), HasSubstr("LimitExceeded"));
  EXPECT_EQ(error("PutMetricAlarm", input(7)), "") << "one that is there";
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

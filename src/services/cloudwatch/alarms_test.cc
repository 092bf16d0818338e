// Alarms on a manual clock: put, evaluated each minute, acting, told of.
#include "services/cloudwatch/alarms_testing.h"

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST_F(AlarmsTest, GoesIntoAlarmAndBackAndTellsTheTopic) {
  call("PutMetricAlarm", alarm("errors", R"("AlarmActions":[")" + std::string(kTopic) +
                                             R"("],"TreatMissingData":"notBreaching",)"
                                             R"("AlarmDescription":"too many")"));
  EXPECT_EQ(state("errors"), "INSUFFICIENT_DATA");
  EXPECT_EQ(text_member(described("errors"), "StateReason"), "Unchecked: Initial alarm creation");
  datum(3);
  minutes(1);
  EXPECT_EQ(state("errors"), "ALARM");
  EXPECT_EQ(text_member(described("errors"), "StateReason"),
            "Threshold Crossed: 1 datapoint [3.0 (01/01/26 00:00:00)] was greater than or equal to "
            "the threshold (1.0).");
  ASSERT_EQ(topic_.requests.size(), 1u);
  EXPECT_EQ(topic_.requests[0].subject, "ALARM: \"errors\" in Asia Pacific (Sydney)");
  minutes(5);
  EXPECT_EQ(state("errors"), "OK");
  EXPECT_EQ(topic_.requests.size(), 1u) << "there are no OK actions";
  EXPECT_THAT(summaries(), ElementsAre("Alarm updated from ALARM to OK",
                                       "Successfully executed action " + std::string(kTopic),
                                       "Alarm updated from INSUFFICIENT_DATA to ALARM",
                                       "Alarm \"errors\" created"));
}

// Provenance: the shape of messages that people published, 2022 to 2025.
TEST_F(AlarmsTest, TheTopicsMessageIsInAwssShape) {
  call("PutMetricAlarm",
       alarm("errors", R"("AlarmActions":[")" + std::string(kTopic) +
                           R"("],"Dimensions":[{"Name":"d","Value":"v"}],"DatapointsToAlarm":1,)"
                           R"("TreatMissingData":"missing")"));
  set("errors", "ALARM");
  ASSERT_EQ(topic_.requests.size(), 1u);
  EXPECT_EQ(
      topic_.requests[0].message,
      R"({"AlarmName":"errors","AlarmDescription":null,"AWSAccountId":"123456789012",)"
      R"("AlarmConfigurationUpdatedTimestamp":"2026-01-01T00:00:00.000+0000",)"
      R"("NewStateValue":"ALARM","NewStateReason":"testing",)"
      R"x("StateChangeTime":"2026-01-01T00:00:00.000+0000","Region":"Asia Pacific (Sydney)",)x"
      R"("AlarmArn":"arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:errors",)"
      R"("OldStateValue":"INSUFFICIENT_DATA","OKActions":[],)"
      R"("AlarmActions":["arn:aws:sns:ap-southeast-2:123456789012:ops"],)"
      R"("InsufficientDataActions":[],"Trigger":{"MetricName":"m","Namespace":"App",)"
      R"("StatisticType":"Statistic","Statistic":"SUM","Unit":null,)"
      R"("Dimensions":[{"value":"v","name":"d"}],"Period":60,"EvaluationPeriods":1,)"
      R"("DatapointsToAlarm":1,"ComparisonOperator":"GreaterThanOrEqualToThreshold",)"
      R"("Threshold":1.0,"TreatMissingData":"missing","EvaluateLowSampleCountPercentile":""}})");
}

TEST_F(AlarmsTest, EventsTellOfStatesAndConfigurations) {
  call("PutMetricAlarm", alarm("errors", R"("AlarmDescription":"d")"));
  set("errors", "OK");
  call("DeleteAlarms", R"({"AlarmNames":["errors"]})");
  ASSERT_EQ(events_.events.size(), 3u);
  EXPECT_EQ(events_.events[0].first, "CloudWatch Alarm Configuration Change");
  EXPECT_EQ(events_.events[0].second.at("operation"), "create");
  EXPECT_EQ(events_.events[0].second.at("configuration").at("threshold"), 1.0);
  EXPECT_EQ(events_.events[1].first, "CloudWatch Alarm State Change");
  const auto& detail = events_.events[1].second;
  EXPECT_EQ(to_json(detail.at("previousState")),
            R"({"value":"INSUFFICIENT_DATA","reason":"Unchecked: Initial alarm creation",)"
            R"("timestamp":"2026-01-01T00:00:00.000+0000"})");
  const auto& query = detail.at("configuration").at("metrics").at(0);
  EXPECT_EQ(
      to_json(query.at("metricStat")),
      R"({"metric":{"namespace":"App","name":"m","dimensions":{}},"period":60,"stat":"Sum"})");
  EXPECT_EQ(events_.events[2].second.at("operation"), "delete");
}

TEST_F(AlarmsTest, HistoryOutlivesTheAlarmForTwoWeeks) {
  call("PutMetricAlarm", alarm("a"));
  set("a", "ALARM");
  call("DeleteAlarms", R"({"AlarmNames":["a","never-there"]})");
  EXPECT_THAT(summaries(R"(,"ScanBy":"TimestampAscending")"),
              ElementsAre("Alarm \"a\" created", "Alarm updated from INSUFFICIENT_DATA to ALARM",
                          "Alarm \"a\" deleted"));
  EXPECT_THAT(summaries(R"(,"HistoryItemType":"StateUpdate","AlarmName":"a")"),
              ElementsAre("Alarm updated from INSUFFICIENT_DATA to ALARM"));
  const auto first = call("DescribeAlarmHistory", R"({"MaxRecords":2})");
  EXPECT_EQ(first.at("AlarmHistoryItems").as_array().size(), 2u);
  const auto rest =
      call("DescribeAlarmHistory", R"({"MaxRecords":2,"NextToken":")" +
                                       std::string(text_member(first, "NextToken")) + "\"}");
  EXPECT_EQ(rest.at("AlarmHistoryItems").as_array().size(), 1u);
  EXPECT_THAT(error("DescribeAlarmHistory", R"({"NextToken":"x"})"),
              StartsWith("InvalidNextToken"));
  world_.clock.advance(std::chrono::hours(14 * 24 + 1));
  EXPECT_THAT(summaries(), IsEmpty());
}

// Provenance: history items that AWS's documents and people show.
TEST_F(AlarmsTest, HistoryDataAreAsAwsWritesThem) {
  call("PutMetricAlarm", alarm("a", R"("AlarmActions":[")" + std::string(kTopic) + "\"]"));
  topic_.failing = "Topic does not exist";
  set("a", "ALARM");
  const auto reply = call("DescribeAlarmHistory", R"({"ScanBy":"TimestampAscending"})");
  const auto& items = reply.at("AlarmHistoryItems").as_array();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(
      text_member(items[0], "HistoryData"),
      R"({"version":"1.0","type":"Create","createdAlarm":{"alarmName":"a",)"
      R"("alarmArn":"arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:a",)"
      R"("alarmConfigurationUpdatedTimestamp":"2026-01-01T00:00:00.000+0000","namespace":"App",)"
      R"("metricName":"m","statistic":"Sum","period":60,"dimensions":[],"threshold":1.0,)"
      R"("comparisonOperator":"GreaterThanOrEqualToThreshold","evaluationPeriods":1,)"
      R"("stateValue":"INSUFFICIENT_DATA","stateUpdatedTimestamp":"2026-01-01T00:00:00.000+0000",)"
      R"("actionsEnabled":true,"alarmActions":["arn:aws:sns:ap-southeast-2:123456789012:ops"],)"
      R"("insufficientDataActions":[],"okactions":[]}})");
  EXPECT_EQ(text_member(items[1], "HistoryData"),
            R"({"version":"1.0","oldState":{"stateValue":"INSUFFICIENT_DATA","stateReason":)"
            R"("Unchecked: Initial alarm creation"},"newState":{"stateValue":"ALARM",)"
            R"("stateReason":"testing"}})");
  EXPECT_EQ(text_member(items[2], "HistorySummary"),
            "Failed to execute action " + std::string(kTopic) +
                ". Received error: \"Topic does not exist\"");
  EXPECT_THAT(std::string(text_member(items[2], "HistoryData")),
              StartsWith(R"({"actionState":"Failed","stateUpdateTimestamp":1767225600000,)"));
}

TEST_F(AlarmsTest, ActsOnTransitionsOnlyExceptAutoScaling) {
  scaling_.repeating = true;
  const std::string policy =
      "arn:aws:autoscaling:ap-southeast-2:123456789012:scalingPolicy:1:autoScalingGroupName/"
      "g:policyName/p";
  call("PutMetricAlarm", alarm("a", R"("TreatMissingData":"ignore","AlarmActions":[")" +
                                        std::string(kTopic) + "\",\"" + policy + "\"]"));
  set("a", "ALARM");
  set("a", "ALARM");
  minutes(3);
  EXPECT_EQ(topic_.requests.size(), 1u);
  EXPECT_EQ(scaling_.requests.size(), 4u);
  call("DisableAlarmActions", R"({"AlarmNames":["a"]})");
  set("a", "OK");
  set("a", "ALARM");
  EXPECT_EQ(topic_.requests.size(), 1u);
  call("EnableAlarmActions", R"({"AlarmNames":["a"]})");
  set("a", "OK");
  set("a", "ALARM");
  EXPECT_EQ(topic_.requests.size(), 2u);
}

TEST_F(AlarmsTest, WatchesMathPercentilesAndBands) {
  call("PutMetricAlarm",
       R"({"AlarmName":"rate","EvaluationPeriods":1,"Threshold":50,)"
       R"("ComparisonOperator":"GreaterThanThreshold","Metrics":[)"
       R"({"Id":"e1","Expression":"100*m1/m2"},)"
       R"({"Id":"m1","ReturnData":false,"MetricStat":{"Metric":{"Namespace":"App",)"
       R"("MetricName":"bad"},"Period":60,"Stat":"Sum"}},)"
       R"({"Id":"m2","ReturnData":false,"MetricStat":{"Metric":{"Namespace":"App",)"
       R"("MetricName":"all"},"Period":60,"Stat":"Sum"}}]})");
  call("PutMetricAlarm",
       R"({"AlarmName":"slow","Namespace":"App","MetricName":"bad","ExtendedStatistic":"p90",)"
       R"("Period":60,"EvaluationPeriods":1,"Threshold":2,)"
       R"("ComparisonOperator":"GreaterThanThreshold"})");
  call("PutMetricAlarm",
       R"({"AlarmName":"odd","EvaluationPeriods":1,"ThresholdMetricId":"ad1",)"
       R"("ComparisonOperator":"LessThanLowerOrGreaterThanUpperThreshold","Metrics":[)"
       R"x({"Id":"ad1","Expression":"ANOMALY_DETECTION_BAND(m1, 2)"},)x"
       R"({"Id":"m1","MetricStat":{"Metric":{"Namespace":"App","MetricName":"odd"},"Period":60,)"
       R"("Stat":"Average"}}]})");
  for (int i = 0; i < 40; ++i) {
    datum(i % 2, "odd");
    minutes(1);
  }
  EXPECT_EQ(state("odd"), "OK");
  const auto detectors = call("DescribeAnomalyDetectors", R"({"MetricName":"odd"})");
  EXPECT_EQ(text_member(detectors.at("AnomalyDetectors").at(0), "Stat"), "Average");
  datum(3, "bad");
  datum(4, "all");
  datum(1000, "odd");
  minutes(1);
  EXPECT_EQ(state("rate"), "ALARM");
  EXPECT_THAT(std::string(text_member(described("rate"), "StateReason")), HasSubstr("[75.0 ("));
  EXPECT_EQ(state("slow"), "ALARM");
  EXPECT_EQ(state("odd"), "ALARM");
  EXPECT_THAT(std::string(text_member(described("odd"), "StateReason")),
              HasSubstr("greater than the upper thresholds ["));
}

TEST_F(AlarmsTest, PeriodsOfFiveMinutesEndAtTheMinute) {
  call("PutMetricAlarm",
       R"({"AlarmName":"a","Namespace":"App","MetricName":"m","Statistic":"Sum","Period":300,)"
       R"("EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold"})");
  minutes(1);
  datum(5);
  minutes(1);
  EXPECT_EQ(state("a"), "ALARM");
  EXPECT_THAT(std::string(text_member(described("a"), "StateReason")),
              HasSubstr("(31/12/25 23:57:00)"));
}

TEST_F(AlarmsTest, CompositesFollowTheirChildren) {
  call("PutMetricAlarm", alarm("a"));
  call("PutMetricAlarm", alarm("b"));
  call("PutCompositeAlarm", composite("both", "ALARM(a) AND ALARM(b)",
                                      R"("AlarmActions":[")" + std::string(kTopic) + "\"]"));
  call("PutCompositeAlarm", composite("top", "NOT OK(both)"));
  EXPECT_EQ(state("both"), "OK");
  EXPECT_EQ(text_member(described("both"), "StateReason"),
            "arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:both was created and its alarm "
            "rule evaluates to OK");
  set("a", "ALARM");
  EXPECT_EQ(state("both"), "OK");
  set("b", "ALARM");
  EXPECT_EQ(state("both"), "ALARM");
  EXPECT_EQ(state("top"), "ALARM");
  EXPECT_EQ(text_member(described("both"), "StateReason"),
            "arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:b transitioned to ALARM at "
            "Thursday 01 January, 2026 00:00:00 UTC");
  ASSERT_EQ(topic_.requests.size(), 1u);
  const auto message = *parse_json(topic_.requests[0].message);
  EXPECT_EQ(message.at("AlarmRule"), "ALARM(a) AND ALARM(b)");
  EXPECT_EQ(message.at("TriggeringChildren").as_array().size(), 2u);
  world_.clock.advance(Millis{1});
  call("PutCompositeAlarm", composite("both", "FALSE"));
  EXPECT_EQ(state("both"), "OK");
  EXPECT_THAT(std::string(text_member(described("both"), "StateReason")), HasSubstr("was updated"));
  EXPECT_EQ(state("top"), "OK");
}

TEST_F(AlarmsTest, ACycleOfCompositesEnds) {
  call("PutMetricAlarm", alarm("a"));
  call("PutCompositeAlarm", composite("x", "ALARM(a)"));
  call("PutCompositeAlarm", composite("y", "OK(x)"));
  call("PutCompositeAlarm", composite("x", "ALARM(a) OR ALARM(y)"));
  set("a", "ALARM");
  set("a", "OK");
  EXPECT_THAT(error("DeleteAlarms", R"({"AlarmNames":["x"]})"),
              HasSubstr("Cannot delete x as there are composite alarm(s) depending on it."));
  call("PutCompositeAlarm", composite("x", "FALSE"));
  call("DeleteAlarms", R"({"AlarmNames":["y"]})");
  call("DeleteAlarms", R"({"AlarmNames":["x","a"]})");
}

TEST_F(AlarmsTest, TheSuppressorHoldsActionsBack) {
  call("PutMetricAlarm", alarm("a", R"("TreatMissingData":"ignore")"));
  call("PutMetricAlarm", alarm("maintenance", R"("TreatMissingData":"ignore")"));
  call("PutCompositeAlarm",
       composite("c", "ALARM(a)",
                 R"("ActionsSuppressor":"maintenance",)"
                 R"("ActionsSuppressorWaitPeriod":120,)"
                 R"("ActionsSuppressorExtensionPeriod":180,"AlarmActions":[")" +
                     std::string(kTopic) + "\"]"));
  minutes(3);  // the WaitPeriod of its creation
  set("a", "ALARM");
  EXPECT_EQ(text_member(described("c"), "ActionsSuppressedBy"), "WaitPeriod");
  EXPECT_EQ(events_.events.back().second.at("state").at("actionsSuppressedBy"), "WaitPeriod");
  minutes(1);
  set("maintenance", "ALARM");
  EXPECT_EQ(text_member(described("c"), "ActionsSuppressedBy"), "Alarm");
  minutes(10);
  set("maintenance", "OK");
  EXPECT_EQ(text_member(described("c"), "ActionsSuppressedBy"), "ExtensionPeriod");
  EXPECT_THAT(topic_.requests, IsEmpty());
  minutes(3);
  EXPECT_EQ(topic_.requests.size(), 1u);
  EXPECT_EQ(text_member(described("c"), "ActionsSuppressedBy"), "");
}

TEST_F(AlarmsTest, WhatWasDueAtTheEndIsMadeUpForAtTheStart) {
  call("PutMetricAlarm", alarm("a", R"("AlarmActions":[")" + std::string(kTopic) + "\"]"));
  ASSERT_TRUE(
      world_.call("cloudwatch", "SetAlarmState",
                  *parse_json(R"({"AlarmName":"a","StateValue":"ALARM","StateReason":"x"})")));
  world_.store->flush();
  EXPECT_THAT(topic_.requests, IsEmpty());
  CloudWatch again(*world_.env, *engine_);
  again.add_alarm_action("sns", topic_);
  again.start();
  EXPECT_EQ(topic_.requests.size(), 1u);
  world_.store->flush();
}

TEST_F(AlarmsTest, NamesOfAnyScriptAreCutBetweenCharacters) {
  std::string name;
  while (name.size() < 240) name += "\xC3\xA9";
  call("PutMetricAlarm", alarm(name, R"("AlarmActions":[")" + std::string(kTopic) + "\"]"));
  EXPECT_EQ(cut("a\xC3\xA9", 2), "a");
  set(name, "ALARM");
  EXPECT_LE(topic_.requests.at(0).subject.size(), 100u);
  EXPECT_THAT(topic_.requests[0].subject, StartsWith("ALARM: \"????"));
}

TEST_F(AlarmsTest, DescribesByEveryFilter) {
  for (const char* name : {"x-1", "x-2", "y"}) call("PutMetricAlarm", alarm(name));
  call("PutMetricAlarm", alarm("z", R"("OKActions":[")" + std::string(kTopic) + "\"]"));
  call("PutCompositeAlarm", composite("c", "ALARM(y) OR ALARM(z)"));
  set("y", "ALARM");
  const auto with = [&](const char* input) { return names(call("DescribeAlarms", input)); };
  EXPECT_THAT(with("{}"), ElementsAre("x-1", "x-2", "y", "z"));
  EXPECT_THAT(with(R"({"AlarmNamePrefix":"x"})"), ElementsAre("x-1", "x-2"));
  EXPECT_THAT(with(R"({"AlarmTypes":["CompositeAlarm"]})"), ElementsAre("c"));
  EXPECT_THAT(with(R"({"StateValue":"ALARM"})"), ElementsAre("y"));
  EXPECT_THAT(with(R"({"ActionPrefix":"arn:aws:sns"})"), ElementsAre("z"));
  EXPECT_THAT(with(R"({"ChildrenOfAlarmName":"c"})"), ElementsAre("y", "z"));
  EXPECT_THAT(with(R"({"ParentsOfAlarmName":"y"})"), ElementsAre("c"));
  EXPECT_THAT(names(call("DescribeAlarmsForMetric", R"({"Namespace":"App","MetricName":"m"})")),
              ElementsAre("x-1", "x-2", "y", "z"));
  EXPECT_THAT(names(call("DescribeAlarmsForMetric",
                         R"({"Namespace":"App","MetricName":"m","Period":300})")),
              IsEmpty());
  const auto first = call("DescribeAlarms", R"({"MaxRecords":3})");
  EXPECT_THAT(names(first), ElementsAre("x-1", "x-2", "y"));
  EXPECT_THAT(
      names(call("DescribeAlarms", R"({"MaxRecords":3,"NextToken":")" +
                                       std::string(text_member(first, "NextToken")) + "\"}")),
      ElementsAre("z"));
  EXPECT_THAT(error("DescribeAlarms", R"({"AlarmNames":["a"],"AlarmNamePrefix":"b"})"),
              StartsWith("ValidationError"));
  EXPECT_THAT(error("DescribeAlarms", R"({"ChildrenOfAlarmName":"c","StateValue":"OK"})"),
              StartsWith("ValidationError"));
}

TEST_F(AlarmsTest, AnUpdateKeepsTheStateAndTheTags) {
  call("PutMetricAlarm", alarm("a", R"("Tags":[{"Key":"k","Value":"v"}])"));
  set("a", "OK");
  call("PutMetricAlarm",
       alarm("a", R"("AlarmDescription":"new","Tags":[{"Key":"x","Value":"y"}])"));
  EXPECT_EQ(state("a"), "OK");
  EXPECT_EQ(text_member(described("a"), "AlarmDescription"), "new");
  const std::string arn = "arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:a";
  const auto tags = [&] {
    return to_json(call("ListTagsForResource", R"({"ResourceARN":")" + arn + "\"}").at("Tags"));
  };
  EXPECT_EQ(tags(), R"([{"Key":"k","Value":"v"}])");
  call("TagResource", R"({"ResourceARN":")" + arn + R"(","Tags":[{"Key":"z","Value":""}]})");
  call("UntagResource", R"({"ResourceARN":")" + arn + R"(","TagKeys":["k"]})");
  EXPECT_EQ(tags(), R"([{"Key":"z","Value":""}])");
  EXPECT_THAT(error("ListTagsForResource", R"({"ResourceARN":")" + arn + "x\"}"),
              StartsWith("ResourceNotFoundException"));
}

TEST_F(AlarmsTest, DashboardsHaveTagsToo) {
  call("PutDashboard", R"({"DashboardName":"d","DashboardBody":"{\"widgets\":[]}"})");
  const std::string arn = R"({"ResourceARN":"arn:aws:cloudwatch::123456789012:dashboard/d")";
  call("TagResource", arn + R"(,"Tags":[{"Key":"k","Value":"v"}]})");
  EXPECT_EQ(to_json(call("ListTagsForResource", arn + "}").at("Tags")),
            R"([{"Key":"k","Value":"v"}])");
}

struct Refusal {
  const char *operation, *input, *message;
};
#define METRIC(more)                                                                            \
  R"({"AlarmName":"a","Namespace":"App","MetricName":"m","EvaluationPeriods":1,"Threshold":1,)" \
  R"("ComparisonOperator":"GreaterThanThreshold",)" more "}"
#define SUM R"("Statistic":"Sum","Period":60,)"
#define STAT(id, more)                                                                \
  R"({"Id":")" id R"(","MetricStat":{"Metric":{"Namespace":"App","MetricName":"m"},)" \
  R"("Period":60,"Stat":"Sum"})" more "}"
#define MATH(more) \
  R"({"AlarmName":"a","EvaluationPeriods":1,"ComparisonOperator":"GreaterThanThreshold",)" more "}"

const Refusal kRefusals[] = {
    Refusal{"PutMetricAlarm", MATH(R"("Threshold":1)"), "Exactly one of MetricName and Metrics"},
    Refusal{"PutMetricAlarm", METRIC(R"("Period":60)"), "Exactly one of Statistic"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("ExtendedStatistic":"p90")"),
            "Exactly one of Statistic"},
    Refusal{"PutMetricAlarm", METRIC(R"("Statistic":"Sum")"), "Period is required"},
    Refusal{"PutMetricAlarm", METRIC(R"("Statistic":"Sum","Period":45)"),
            "ValidationError: Period must be 10, 20, 30 or a multiple of 60"},
    Refusal{"PutMetricAlarm", METRIC(R"("Statistic":"Sum","Period":60,"EvaluationPeriods":1441)"),
            "more than a day"},
    Refusal{"PutMetricAlarm", METRIC(R"("Statistic":"Sum","Period":3600,"EvaluationPeriods":169)"),
            "more than a week"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("DatapointsToAlarm":2)"),
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("TreatMissingData":"bad")"), "TreatMissingData"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("EvaluateLowSampleCountPercentile":"ignore")"),
            "percentile"},
    Refusal{"PutMetricAlarm", METRIC(R"("ExtendedStatistic":"p101","Period":60)"), "p101"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("ThresholdMetricId":"ad1")"), "anomaly detection"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("AlarmActions":["ops"])"), "Invalid arn syntax: ops"},
    Refusal{"PutMetricAlarm",
            METRIC(SUM R"("AlarmActions":["arn:aws:sns:us-east-1:123456789012:ops"])"),
            "Invalid region us-east-1 specified. Only ap-southeast-2 is supported."},
    Refusal{"PutMetricAlarm",
            METRIC(SUM R"("AlarmActions":["arn:aws:automate:ap-southeast-2:ec2:stop"])"),
            "InstanceId"},
    Refusal{"PutMetricAlarm",
            METRIC(SUM R"("AlarmActions":["arn:aws:lambda:ap-southeast-2:123456789012:)"
                       R"(function:f"])"),
            "no service lambda is served"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("Metrics":[)" STAT("m1", "") "]"),
            "must not be specified together"},
    Refusal{"PutMetricAlarm",
            MATH(R"("Threshold":1,"Metrics":[)" STAT("m1", "") "," STAT("m2", "") "]"),
            "Exactly one element of the metrics list should return data."},
    Refusal{"PutMetricAlarm", MATH(R"("Threshold":1,"Metrics":[)" STAT("M1", "") "]"), "lowercase"},
    Refusal{"PutMetricAlarm", MATH(R"("Threshold":1,"Metrics":[{"Id":"e1","Expression":"m1 +"}])"),
            "e1"},
    Refusal{
        "PutMetricAlarm",
        MATH(R"x("Threshold":1,"Metrics":[{"Id":"e1","Expression":"SUM(SEARCH('m','Sum'))"}])x"),
        "SEARCH is not supported on Metric Alarms."},
    Refusal{"PutMetricAlarm",
            MATH(R"x("Threshold":1,"Metrics":[{"Id":"q1","Expression":"SELECT SUM(m) App"}])x"),
            "Error in expression 'q1': Unexpected 'App', expected FROM, at character 15"},
    Refusal{"PutMetricAlarm",
            MATH(R"x("Threshold":1,"Metrics":[{"Id":"q1","Expression":"SELECT SUM(m) FROM App )x"
                 R"x(GROUP BY Host"}])x"),
            "must have ORDER BY"},
    Refusal{"PutMetricAlarm",
            MATH(R"x("Threshold":1,"Metrics":[{"Id":"q1","Expression":"SELECT SUM(m) FROM App",)x"
                 R"x("Period":10}])x"),
            "multiple of 60"},
    Refusal{"PutMetricAlarm",
            MATH(R"x("EvaluationPeriods":4,"Threshold":1,"Metrics":[{"Id":"q1","Period":3600,)x"
                 R"x("Expression":"SELECT SUM(m) FROM App"}])x"),
            "more than three hours"},
    Refusal{"DescribeAlarmHistory", R"({"AlarmContributorId":"0123456789abcdef"})", "AlarmName"},
    Refusal{"DescribeAlarmContributors", R"({"AlarmName":"gone"})", "ResourceNotFoundException"},
    Refusal{"DescribeAlarmContributors", R"({"AlarmName":"there","NextToken":"x"})",
            "InvalidNextToken"},
    Refusal{"PutCompositeAlarm", R"({"AlarmName":"c","AlarmRule":" TRUE"})", "whitespace"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("EvaluationInterval":60)"), "PromQL"},
    Refusal{"PutMetricAlarm", METRIC(SUM R"("Tags":[{"Key":"aws:x","Value":""}])"), "reserved"},
    Refusal{"PutCompositeAlarm", R"x({"AlarmName":"c","AlarmRule":"ALARM(gone)"})x",
            "Could not save the composite alarm as alarms [gone] in the alarm rule do not "
            "exist"},
    Refusal{"PutCompositeAlarm", R"x({"AlarmName":"c","AlarmRule":"ALARM(there"})x", "position"},
    Refusal{"PutCompositeAlarm", R"x({"AlarmName":"there","AlarmRule":"TRUE"})x",
            "that of a metric alarm"},
    Refusal{"PutCompositeAlarm",
            R"x({"AlarmName":"c","AlarmRule":"TRUE","ActionsSuppressor":"there"})x",
            "ActionsSuppressorWaitPeriod"},
    Refusal{"PutCompositeAlarm",
            R"x({"AlarmName":"c","AlarmRule":"TRUE","AlarmActions":)x"
            R"x(["arn:aws:automate:ap-southeast-2:ec2:stop"]})x",
            "EC2 actions"},
    Refusal{"SetAlarmState", R"({"AlarmName":"gone","StateValue":"OK","StateReason":""})",
            "ResourceNotFound"},
    Refusal{"SetAlarmState",
            R"({"AlarmName":"there","StateValue":"OK","StateReason":"","StateReasonData":"{"})",
            "InvalidFormat"}};

TEST_F(AlarmsTest, RefusalsAreNamedAndNothingIsStored) {
  call("PutMetricAlarm", alarm("there"));
  for (const auto& refusal : kRefusals) {
    SCOPED_TRACE(refusal.input);
    EXPECT_THAT(error(refusal.operation, refusal.input), HasSubstr(refusal.message));
    EXPECT_FALSE(world_.store->changed());
  }
  EXPECT_THAT(names(call("DescribeAlarms", R"({"AlarmTypes":["MetricAlarm","CompositeAlarm"]})")),
              ElementsAre("there"));
}

TEST_F(AlarmsTest, WatchesAMetricsInsightsQuery) {
  call("PutMetricAlarm",
       R"x({"AlarmName":"fleet","EvaluationPeriods":1,"Threshold":10,"Metrics":[{"Id":"q1",)x"
       R"x("Expression":"SELECT SUM(m) FROM App","Period":60}],)x"
       R"x("ComparisonOperator":"GreaterThanThreshold"})x");
  const auto host = [&](const char* name, int value) {
    call("PutMetricData", fmt::format(R"({{"Namespace":"App","MetricData":[{{"MetricName":"m",)"
                                      R"("Value":{},"Dimensions":[{{"Name":"Host",)"
                                      R"("Value":"{}"}}]}}]}})",
                                      value, name));
  };
  host("a", 8);
  minutes(1);
  EXPECT_EQ(state("fleet"), "OK");
  host("a", 8);
  host("new", 3);  // together they are too many
  minutes(1);
  EXPECT_EQ(state("fleet"), "ALARM");
  const auto reply = call("DescribeAlarmContributors", R"({"AlarmName":"fleet"})");
  EXPECT_EQ(to_json(reply), R"({"AlarmContributors":[]})");
}

class FakePublisher final : public sns::Publisher {
 public:
  room::Outcome<std::string> publish(const std::string& topic, const std::string& subject,
                                     const std::string& message,
                                     const std::map<std::string, std::string>&) override {
    if (topic != kTopic) return model::fail("NotFound", "Topic does not exist", 404);
    published = subject + "\n" + message;
    return "id";
  }
  bool has_topic(const std::string& arn) const override { return arn == kTopic; }
  std::string published;
};

TEST(AlarmTargets, ATopicGetsSubjectAndMessage) {
  FakePublisher publisher;
  SnsAlarmAction action(publisher);
  AlarmActionRequest request;
  request.action = kTopic;
  request.subject = "s";
  request.message = "m";
  EXPECT_TRUE(action.execute(request));
  EXPECT_EQ(publisher.published, "s\nm");
  request.action = "arn:aws:sns:ap-southeast-2:123456789012:gone";
  EXPECT_EQ(action.execute(request).error().message, "Topic does not exist");
}

TEST_F(AlarmsTest, DetectorsAreKept) {
  const char* single =
      R"({"SingleMetricAnomalyDetector":{"Namespace":"App","MetricName":"m","Stat":"Sum"}})";
  call("PutAnomalyDetector", single);
  call("PutAnomalyDetector", R"({"Namespace":"App","MetricName":"m","Stat":"Sum"})");
  const auto all = call("DescribeAnomalyDetectors", "{}").at("AnomalyDetectors").as_array();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(text_member(all[0], "StateValue"), "PENDING_TRAINING");
  EXPECT_THAT(error("PutAnomalyDetector", R"({"Namespace":"App","MetricName":"m"})"),
              StartsWith("MissingParameter"));
  EXPECT_THAT(error("PutAnomalyDetector", R"({"Namespace":"App","MetricName":"m","Stat":"Sum",)"
                                          R"("Configuration":{"MetricTimezone":"UTC"}})"),
              StartsWith("InvalidParameterValue"));
  call("DeleteAnomalyDetector", single);
  EXPECT_THAT(error("DeleteAnomalyDetector", single), StartsWith("ResourceNotFoundException"));
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

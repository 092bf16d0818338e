// Every row of the user guide's two tables of missing data, and reasons CloudWatch wrote.
#include "decide/alarm/alarm.h"

#include <gtest/gtest.h>

#include "decide/alarm/reason.h"

namespace seatrial::decide {
namespace {

constexpr auto kNow = 1'729'969'260'000;  // 2024-10-26T19:01:00Z

// 'X' breaches, '0' does not, '-' is missing; the newest is the last.
std::vector<AlarmPoint> points_of(std::string_view row) {
  std::vector<AlarmPoint> out;
  auto at = from_ms(kNow) - std::chrono::minutes(row.size() + 1);
  for (const char c : row) {
    at += std::chrono::minutes(1);
    AlarmPoint point{.at = at, .value = {}, .sample_count = 1};
    if (c != '-') point.value = c == 'X' ? 3.0 : 0.0;
    out.push_back(point);
  }
  return out;
}

AlarmRule rule_of(int m, MissingData missing, int n = 3) {
  AlarmRule rule;
  rule.comparison = Comparison::kGreaterThanOrEqualToThreshold;
  rule.threshold = 1;
  rule.evaluation_periods = n;
  rule.datapoints_to_alarm = m;
  rule.missing = missing;
  rule.statistic = "Sum";
  return rule;
}

std::string state_of(std::string_view row, int m, MissingData missing) {
  const auto verdict = evaluate_alarm(rule_of(m, missing), points_of(row), from_ms(kNow));
  return verdict ? std::string(alarm_state_name(verdict->state)) : "keep";
}

std::string reason(const AlarmRule& rule, std::string_view row) {
  return evaluate_alarm(rule, points_of(row), from_ms(kNow))->reason;
}

struct Row {
  const char* points;
  int m;
  const char *missing, *ignore, *breaching, *not_breaching;
};

class MissingDataTable : public ::testing::TestWithParam<Row> {};

TEST_P(MissingDataTable, IsAsDocumented) {
  const auto& row = GetParam();
  EXPECT_EQ(state_of(row.points, row.m, MissingData::kMissing), row.missing);
  EXPECT_EQ(state_of(row.points, row.m, MissingData::kIgnore), row.ignore);
  EXPECT_EQ(state_of(row.points, row.m, MissingData::kBreaching), row.breaching);
  EXPECT_EQ(state_of(row.points, row.m, MissingData::kNotBreaching), row.not_breaching);
}

// Provenance: CloudWatch user guide, "How alarm state is evaluated when data is missing".
INSTANTIATE_TEST_SUITE_P(UserGuide, MissingDataTable,
                         ::testing::Values(Row{"0-X-X", 3, "OK", "OK", "OK", "OK"},
                                           Row{"----0", 3, "OK", "OK", "OK", "OK"},
                                           Row{"-----", 3, "INSUFFICIENT_DATA", "keep", "ALARM",
                                               "OK"},
                                           Row{"0XX-X", 3, "ALARM", "ALARM", "ALARM", "ALARM"},
                                           Row{"--X--", 3, "ALARM", "keep", "ALARM", "OK"},
                                           Row{"0-X-X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
                                           Row{"00X0X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
                                           Row{"0-X--", 2, "OK", "OK", "ALARM", "OK"},
                                           Row{"----0", 2, "OK", "OK", "ALARM", "OK"},
                                           Row{"---X-", 2, "ALARM", "keep", "ALARM", "OK"}));

TEST(Alarm, OneYoungBreachAmongGapsKeepsTheState) {
  EXPECT_EQ(state_of("----X", 2, MissingData::kMissing), "keep");
}

TEST(Alarm, LowSamplesHoldAPercentilesState) {
  auto rule = rule_of(1, MissingData::kMissing, 1);
  rule.percentile = 99;  // needs 10/(1-0.99) = 1000 samples
  auto points = points_of("X");
  points.back().sample_count = 999;
  EXPECT_TRUE(evaluate_alarm(rule, points, from_ms(kNow)));
  rule.ignore_low_samples = true;
  EXPECT_FALSE(evaluate_alarm(rule, points, from_ms(kNow)));
  points.back().sample_count = 1001;
  EXPECT_TRUE(evaluate_alarm(rule, points, from_ms(kNow)));
  rule.percentile = 10;  // needs 10/0.1 = 100
  points.back().sample_count = 99;
  EXPECT_FALSE(evaluate_alarm(rule, points, from_ms(kNow)));
}

TEST(Alarm, ComparesInEveryWay) {
  AlarmPoint point{.at = {}, .value = 5.0, .sample_count = 1, .lower = 4, .upper = 6};
  AlarmRule rule;
  rule.threshold = 5;
  const auto with = [&](std::string_view name, double value) {
    rule.comparison = parse_comparison(name).value();
    point.value = value;
    return breaches(rule, point);
  };
  EXPECT_TRUE(with("GreaterThanOrEqualToThreshold", 5));
  EXPECT_FALSE(with("GreaterThanThreshold", 5));
  EXPECT_FALSE(with("LessThanThreshold", 5));
  EXPECT_TRUE(with("LessThanOrEqualToThreshold", 5));
  EXPECT_TRUE(with("LessThanLowerOrGreaterThanUpperThreshold", 3));
  EXPECT_TRUE(with("LessThanLowerOrGreaterThanUpperThreshold", 7));
  EXPECT_FALSE(with("LessThanLowerThreshold", 7));
  EXPECT_TRUE(with("GreaterThanUpperThreshold", 7));
  EXPECT_FALSE(parse_comparison("greaterThanThreshold"));
}

// Provenance: reasons CloudWatch wrote, with these values.
TEST(AlarmReason, IsInCloudWatchsWords) {
  EXPECT_EQ(reason(rule_of(1, MissingData::kMissing, 1), "X"),
            "Threshold Crossed: 1 datapoint [3.0 (26/10/24 19:00:00)] was greater than or equal to "
            "the threshold (1.0).");
  auto rule = rule_of(1, MissingData::kMissing, 1);
  rule.m_of_n = true;
  EXPECT_EQ(reason(rule, "0"),
            "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (26/10/24 19:00:00)] was not "
            "greater than or equal to the threshold (1.0) (minimum 1 datapoint for ALARM -> OK "
            "transition).");
  rule = rule_of(2, MissingData::kMissing);
  rule.m_of_n = true;
  EXPECT_EQ(reason(rule, "X0X"),
            "Threshold Crossed: 2 out of the last 3 datapoints [3.0 (26/10/24 19:00:00), 3.0 "
            "(26/10/24 18:58:00)] were greater than or equal to the threshold (1.0) (minimum 2 "
            "datapoints for OK -> ALARM transition).");
  EXPECT_EQ(reason(rule_of(3, MissingData::kBreaching), "-----"),
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints "
            "were treated as [Breaching].");
  EXPECT_EQ(reason(rule_of(2, MissingData::kBreaching), "----0"),
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints "
            "were treated as [Breaching].");
  EXPECT_EQ(reason(rule_of(1, MissingData::kNotBreaching, 1), "---"),
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint "
            "was treated as [NonBreaching].");
  EXPECT_EQ(reason(rule_of(1, MissingData::kMissing, 1), "---"),
            "Insufficient Data: 1 datapoint was unknown.");
}

TEST(AlarmReason, NamesTheBand) {
  auto rule = rule_of(1, MissingData::kMissing, 1);
  rule.m_of_n = true;
  rule.comparison = Comparison::kGreaterThanUpperThreshold;
  const AlarmPoint point{.at = from_ms(kNow),
                         .value = 40.609605060341245,
                         .sample_count = 1,
                         .upper = 44.47595391472755};
  EXPECT_EQ(evaluate_alarm(rule, std::span(&point, 1), from_ms(kNow))->reason,
            "Thresholds Crossed: 1 out of the last 1 datapoints [40.609605060341245 (26/10/24 "
            "19:01:00)] was not greater than the upper thresholds [44.47595391472755] (minimum 1 "
            "datapoint for ALARM -> OK transition).");
}

// Provenance: a state change that the user guide shows ("Alarm events and EventBridge").
TEST(AlarmReason, NamesBothSidesOfTheBand) {
  auto rule = rule_of(1, MissingData::kMissing, 1);
  rule.m_of_n = true;
  rule.statistic = "";
  rule.comparison = Comparison::kLessThanLowerOrGreaterThanUpperThreshold;
  AlarmPoint point{.at = *parse_time("2019-10-03T15:58:00Z"),
                   .value = 0.0,
                   .sample_count = 0,
                   .lower = 0.020599444741798756,
                   .upper = 0.3006915352732461};
  const auto verdict =
      evaluate_alarm(rule, std::span(&point, 1), *parse_time("2019-10-03T16:00:04.650Z"));
  EXPECT_EQ(verdict->reason,
            "Thresholds Crossed: 1 out of the last 1 datapoints [0.0 (03/10/19 15:58:00)] was less "
            "than the lower thresholds [0.020599444741798756] or greater than the upper thresholds "
            "[0.3006915352732461] (minimum 1 datapoint for OK -> ALARM transition).");
  EXPECT_TRUE(verdict->reason_data.starts_with(
      R"({"version":"1.0","queryDate":"2019-10-03T16:00:04.650+0000","startDate":)"
      R"("2019-10-03T15:58:00.000+0000","period":60,"recentDatapoints":[0.0],)"
      R"("recentLowerThresholds":[0.020599444741798756],)"
      R"("recentUpperThresholds":[0.3006915352732461])"));
}

// Provenance: notifications and alarms that people published, 2017 to 2026.
TEST(AlarmReason, NamesFiveValuesAtMostAndWhatMissingOnesWereTakenFor) {
  auto rule = rule_of(6, MissingData::kMissing, 6);
  rule.comparison = Comparison::kGreaterThanThreshold;
  EXPECT_EQ(reason(rule, "XXXXXX"),
            "Threshold Crossed: 6 datapoints were greater than the threshold (1.0). The most "
            "recent datapoints which crossed the threshold: [3.0 (26/10/24 19:00:00), 3.0 "
            "(26/10/24 18:59:00), 3.0 (26/10/24 18:58:00), 3.0 (26/10/24 18:57:00), 3.0 (26/10/24 "
            "18:56:00)].");
  rule = rule_of(1, MissingData::kNotBreaching, 20);
  rule.m_of_n = true;
  EXPECT_EQ(reason(rule, "---------------------X"),
            "Threshold Crossed: 1 out of the last 20 datapoints [3.0 (26/10/24 19:00:00)] was "
            "greater than or equal to the threshold (1.0) and 19 missing datapoints were treated "
            "as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).");
  EXPECT_EQ(reason(rule_of(8, MissingData::kBreaching, 8), "---------0"),
            "Threshold Crossed: 1 datapoint [0.0 (26/10/24 19:00:00)] was not greater than or "
            "equal to the threshold (1.0) and 7 missing datapoints were treated as [Breaching].");
}

TEST(AlarmReason, OfACompositeNamesItsChildren) {
  const ChildState child{"arn:x", AlarmState::kAlarm, *parse_time("2022-07-22T15:57:45.394Z")};
  EXPECT_EQ(composite_reason_data(std::span(&child, 1)),
            R"({"triggeringAlarms":[{"arn":"arn:x","state":{"value":"ALARM","timestamp":)"
            R"("2022-07-22T15:57:45.394+0000"}}]})");
  EXPECT_EQ(alarm_long_date(child.at), "Friday 22 July, 2022 15:57:45 UTC");
}

TEST(AlarmReason, DataIsJsonAsCloudWatchWritesIt) {
  const auto verdict =
      evaluate_alarm(rule_of(1, MissingData::kMissing, 1), points_of("X"), from_ms(kNow + 43));
  EXPECT_EQ(
      verdict->reason_data,
      R"({"version":"1.0","queryDate":"2024-10-26T19:01:00.043+0000","startDate":)"
      R"("2024-10-26T19:00:00.000+0000","statistic":"Sum","period":60,"recentDatapoints":[3.0],)"
      R"("threshold":1.0,"evaluatedDatapoints":[{"timestamp":"2024-10-26T19:00:00.000+0000",)"
      R"("sampleCount":1.0,"value":3.0}]})");
}

TEST(AlarmReason, NumbersAreJavas) {
  EXPECT_EQ(java_double(90), "90.0");
  EXPECT_EQ(java_double(1.0166666666666666), "1.0166666666666666");
  EXPECT_EQ(java_double(1e7), "1.0E7");
  EXPECT_EQ(java_double(123456789), "1.23456789E8");
  EXPECT_EQ(java_double(0.0005), "5.0E-4");
  EXPECT_EQ(java_double(-0.25), "-0.25");
}

}  // namespace
}  // namespace seatrial::decide

// Alarms on several time series: the user guide's rules on contributors, missing data and limits.
#include "decide/alarm/contributors.h"

#include <gmock/gmock.h>

namespace seatrial::decide {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kFleetNow = 1'764'596'520'000;  // 2025-12-01T13:42:00Z

AlarmRule fleet_rule(MissingData missing = MissingData::kMissing, int n = 1) {
  AlarmRule rule;
  rule.comparison = Comparison::kLessThanThreshold;
  rule.threshold = 1;
  rule.evaluation_periods = rule.datapoints_to_alarm = n;
  rule.missing = missing;
  return rule;
}

// The newest value is the last; a NaN is a missing one.
ContributorSeries of_table(const std::string& table, const std::vector<double>& values) {
  ContributorSeries out{{{"TableName", table}}, {}};
  auto at = from_ms(kFleetNow) - std::chrono::minutes(values.size());
  for (const double value : values) {
    out.points.push_back({.at = at, .value = std::nullopt});
    if (value == value) out.points.back().value = value;
    at += std::chrono::minutes(1);
  }
  return out;
}

using InAlarm = std::map<std::string, ContributorAttributes>;

InAlarm in_alarm(const std::vector<std::string>& tables) {
  InAlarm out;
  for (const auto& table : tables) {
    const ContributorAttributes attributes{{"TableName", table}};
    out[contributor_id(attributes)] = attributes;
  }
  return out;
}

FleetVerdict judged(const std::vector<ContributorSeries>& series, const InAlarm& before = {},
                    const AlarmRule& rule = fleet_rule()) {
  return evaluate_fleet(rule, series, before, AlarmState::kOk, from_ms(kFleetNow));
}

std::vector<std::string> changes(const FleetVerdict& verdict) {
  std::vector<std::string> out;
  for (const auto& one : verdict.transitions)
    out.push_back(one.attributes.at("TableName") + " " + std::string(alarm_state_name(one.to)));
  return out;
}

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

// The event of "Alarm events and EventBridge", whose datapoint was of 13:34.
TEST(Fleet, SaysWhyAsTheUserGuideDoes) {
  const auto verdict = judged({of_table("a", {0, kGap, kGap, kGap, kGap, kGap, kGap, kGap})});
  ASSERT_EQ(verdict.transitions.size(), 1u);
  EXPECT_EQ(verdict.transitions[0].reason,
            "Threshold Crossed: 1 datapoint was less than the threshold (1.0). The most recent "
            "datapoint which crossed the threshold: [0.0 (01/12/25 13:34:00)].");
  EXPECT_EQ(verdict.reason, "1 out of 1 time series evaluated to ALARM");
  EXPECT_EQ(verdict.reason_data, R"({"version":"1.0","queryDate":"2025-12-01T13:42:00.000+0000"})");
}

TEST(Fleet, OnlyTheNewestOfSeveralDatapointsIsNamed) {
  const auto verdict =
      judged({of_table("a", {0.5, 0, 0.25})}, {}, fleet_rule(MissingData::kMissing, 3));
  EXPECT_EQ(verdict.transitions.at(0).reason,
            "Threshold Crossed: 3 datapoints were less than the threshold (1.0). The most recent "
            "datapoints which crossed the threshold: [0.25 (01/12/25 13:41:00)].");
}

TEST(Fleet, IsInAlarmWhileAnyContributorIs) {
  auto verdict = judged({of_table("a", {2}), of_table("b", {0}), of_table("c", {3})});
  EXPECT_EQ(verdict.state, AlarmState::kAlarm);
  EXPECT_EQ(verdict.reason, "1 out of 3 time series evaluated to ALARM");
  EXPECT_THAT(changes(verdict), ElementsAre("b ALARM"));
  verdict = judged({of_table("a", {0}), of_table("b", {0})}, in_alarm({"b"}));
  EXPECT_THAT(changes(verdict), ElementsAre("a ALARM")) << "b was";
  verdict = judged({of_table("a", {2}), of_table("b", {5})}, in_alarm({"a", "b"}));
  EXPECT_EQ(verdict.state, AlarmState::kOk);
  EXPECT_EQ(verdict.reason, "2 time series evaluated to OK");
  EXPECT_THAT(changes(verdict), ElementsAre("a OK", "b OK"));
}

TEST(Fleet, OneThatIsNotReturnedAnyMoreIsOk) {
  for (const auto missing : {MissingData::kMissing, MissingData::kIgnore, MissingData::kBreaching,
                             MissingData::kNotBreaching}) {
    const auto verdict = judged({of_table("b", {0})}, in_alarm({"a", "b"}), fleet_rule(missing));
    EXPECT_THAT(changes(verdict), ElementsAre("a OK"));
    EXPECT_EQ(verdict.transitions[0].reason, "No data was returned for this contributor");
    EXPECT_EQ(verdict.state, AlarmState::kAlarm);
  }
}

TEST(Fleet, MissingDataPointsAreTreatedAsConfigured) {
  const std::vector<ContributorSeries> sparse{of_table("a", {kGap, kGap, 0})};
  const auto state = [&](MissingData missing, const InAlarm& before = {}) {
    return judged(sparse, before, fleet_rule(missing, 3)).state;
  };
  EXPECT_EQ(state(MissingData::kBreaching), AlarmState::kAlarm);
  EXPECT_EQ(state(MissingData::kNotBreaching), AlarmState::kOk);
  EXPECT_EQ(state(MissingData::kIgnore), AlarmState::kOk) << "it was not in ALARM";
  EXPECT_EQ(state(MissingData::kIgnore, in_alarm({"a"})), AlarmState::kAlarm) << "it keeps it";
  EXPECT_EQ(judged(sparse, {}, fleet_rule(MissingData::kBreaching, 3)).transitions.at(0).reason,
            "Threshold Crossed: 1 datapoint was less than the threshold (1.0) and 2 missing "
            "datapoints were treated as [Breaching]. The most recent datapoint which crossed the "
            "threshold: [0.0 (01/12/25 13:41:00)].");
}

TEST(Fleet, NoSeriesAtAllIsMissingDataOfTheAlarm) {
  const auto empty = [](MissingData missing, AlarmState before) {
    return evaluate_fleet(fleet_rule(missing), {}, in_alarm({"a"}), before, from_ms(kFleetNow));
  };
  EXPECT_EQ(empty(MissingData::kMissing, AlarmState::kOk).state, AlarmState::kInsufficientData);
  EXPECT_EQ(empty(MissingData::kBreaching, AlarmState::kOk).state, AlarmState::kAlarm);
  EXPECT_EQ(empty(MissingData::kIgnore, AlarmState::kAlarm).state, AlarmState::kAlarm);
  const auto verdict = empty(MissingData::kNotBreaching, AlarmState::kAlarm);
  EXPECT_EQ(verdict.state, AlarmState::kOk);
  EXPECT_EQ(verdict.reason,
            "No time series were returned by the query. Treat missing data is configured as "
            "[NonBreaching].");
  EXPECT_THAT(changes(verdict), ElementsAre("a OK"));
}

TEST(Fleet, KeepsAtMostAHundredInAlarm) {
  std::vector<ContributorSeries> series;
  for (int i = 0; i < 150; ++i) series.push_back(of_table(std::to_string(i), {i < 95 ? 0.0 : 2.0}));
  EXPECT_EQ(judged(series).reason, "95 out of 150 time series evaluated to ALARM");
  for (int i = 95; i < 105; ++i)
    series[static_cast<std::size_t>(i)] = of_table(std::to_string(i), {0});
  const auto verdict = judged(series, in_alarm({"104"}));
  EXPECT_EQ(verdict.reason, "100+ time series evaluated to ALARM");
  EXPECT_EQ(verdict.transitions.size(), 99u);
  EXPECT_EQ(verdict.transitions.back().attributes.at("TableName"), "98");
  std::map<std::string, ContributorAttributes> kept = in_alarm({"104"});
  for (const auto& one : verdict.transitions) kept[one.id] = one.attributes;
  EXPECT_THAT(judged(series, kept).transitions, IsEmpty());
}

TEST(Fleet, AnIdIsOfItsAttributes) {
  const auto id = contributor_id({{"InstanceId", "i-1"}});
  EXPECT_EQ(id.size(), 16u);
  EXPECT_EQ(id, contributor_id({{"InstanceId", "i-1"}}));
  EXPECT_NE(id, contributor_id({{"InstanceId", "i-2"}}));
  EXPECT_NE(contributor_id({{"a", "bc"}}), contributor_id({{"ab", "c"}}));
}

}  // namespace
}  // namespace seatrial::decide

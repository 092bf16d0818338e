// Grouping, slices and what is reported, over made-up data.
#include "services/cloudwatch/alarm_wheel.h"

#include <gmock/gmock.h>

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr auto kMidnight = 1'767'225'600'000;
Time at(int seconds) { return from_ms(kMidnight + seconds * 1000LL); }

// Answers each metric with its number in every period; metrics named "bad" are refused.
class FakeData final : public AlarmData {
 public:
  Answer query(const std::string&, std::span<const metrics::DataQuery> queries, Time start,
               Time end, metrics::RunNotices*) override {
    ++calls;
    std::vector<metrics::DataResult> out;
    for (const auto& query : queries) {
      if (!query.return_data) continue;
      ++asked;
      if (query.stat->series.name == "bad")
        return std::unexpected(metrics::DataProblem{query.id, "bad"});
      metrics::DataResult result{query.id, "", query.stat->period_s, {}, {}};
      for (Time t = start; t < end; t += std::chrono::seconds(query.stat->period_s))
        result.points.push_back({t, values[query.stat->series.name], samples});
      out.push_back(std::move(result));
    }
    return out;
  }
  std::map<std::string, double> values;
  double samples = 1;
  int calls = 0, asked = 0;
};

AlarmPlan plan(const std::string& key, const std::string& metric, double threshold = 1,
               int period_s = 60, int periods = 1) {
  shape::PutMetricAlarmInput input;
  input.MetricName = metric;
  input.Namespace = "App";
  input.Statistic = "Sum";
  input.Period = period_s;
  input.EvaluationPeriods = periods;
  input.Threshold = threshold;
  input.ComparisonOperator = "GreaterThanThreshold";
  return plan_of("r/" + key, input);
}

class Wheel : public testing::Test {
 protected:
  // The keys whose state changed at the tick.
  std::vector<std::string> run(Time last, Time now) {
    std::vector<std::string> out;
    for (const auto& slice : wheel_.due(last, now))
      wheel_.evaluate(slice, now, data_, [&](AlarmWheel::Finding finding) {
        out.push_back(finding.reading ? finding.key + ": " + finding.problem : finding.key);
      });
    return out;
  }
  FakeData data_;
  AlarmWheel wheel_;
};

TEST_F(Wheel, ReadsASeriesOnceForAllItsAlarms) {
  for (int i = 0; i < 5; ++i)
    wheel_.put(plan(fmt::format("a{}", i), "m", i), decide::AlarmState::kOk);
  data_.values["m"] = 2.5;
  EXPECT_THAT(run(at(0), at(60)), UnorderedElementsAre("r/a0", "r/a1", "r/a2"));
  EXPECT_EQ(data_.asked, 1);
  EXPECT_THAT(run(at(60), at(120)), ElementsAre());
  data_.values["m"] = 0;
  EXPECT_THAT(run(at(120), at(180)), UnorderedElementsAre("r/a0", "r/a1", "r/a2"));
}

TEST_F(Wheel, EvaluatesEachAtItsInterval) {
  wheel_.put(plan("fast", "m", 1, 10), decide::AlarmState::kOk);
  wheel_.put(plan("minute", "m"), decide::AlarmState::kOk);
  wheel_.put(plan("hour", "m", 1, 3600, 25), decide::AlarmState::kOk);
  data_.values["m"] = 2;
  EXPECT_THAT(run(at(0), at(10)), ElementsAre("r/fast"));
  EXPECT_THAT(run(at(10), at(70)), ElementsAre("r/minute"));
  EXPECT_THAT(run(at(70), at(3600)), ElementsAre("r/hour"));
}

TEST_F(Wheel, OneThatCannotBeReadLeavesTheOthers) {
  for (int i = 0; i < 20; ++i)
    wheel_.put(plan(fmt::format("a{}", i), i == 7 ? "bad" : fmt::format("m{}", i)),
               decide::AlarmState::kOk);
  data_.values["m3"] = 2;
  EXPECT_THAT(run(at(0), at(60)), ElementsAre("r/a3", "r/a7: bad"));
  EXPECT_THAT(run(at(60), at(120)), ElementsAre()) << "the same again is no news";
}

TEST_F(Wheel, ASliceOutlivesChanges) {
  for (int i = 0; i < 3; ++i)
    wheel_.put(plan(fmt::format("a{}", i), fmt::format("m{}", i)), decide::AlarmState::kOk);
  data_.values = {{"m0", 2}, {"m1", 2}, {"m2", 2}, {"m3", 2}};
  const auto slices = wheel_.due(at(0), at(60));
  wheel_.erase("r/a1");
  wheel_.put(plan("a3", "m3"), decide::AlarmState::kOk);  // in the place that is free
  std::vector<std::string> found;
  for (const auto& slice : slices)
    wheel_.evaluate(slice, at(60), data_,
                    [&](const AlarmWheel::Finding& finding) { found.push_back(finding.key); });
  EXPECT_THAT(found, ElementsAre("r/a0", "r/a3", "r/a2"));
  EXPECT_EQ(wheel_.size(), 3u);
}

TEST_F(Wheel, LowSamplesHoldAPercentilesState) {
  shape::PutMetricAlarmInput input;
  input.MetricName = "m";
  input.Namespace = "App";
  input.ExtendedStatistic = "p99";
  input.EvaluateLowSampleCountPercentile = "ignore";
  input.Period = 60;
  input.EvaluationPeriods = 1;
  input.Threshold = 1;
  input.ComparisonOperator = "GreaterThanThreshold";
  wheel_.put(plan_of("r/p", input), decide::AlarmState::kOk);
  data_.values["m"] = 2;
  data_.samples = 999;
  EXPECT_THAT(run(at(0), at(60)), ElementsAre());
  data_.samples = 1001;
  EXPECT_THAT(run(at(60), at(120)), ElementsAre("r/p"));
}

TEST_F(Wheel, ManyAreCutIntoSlices) {
  for (std::size_t i = 0; i < 2 * AlarmWheel::kSlice + 1; ++i)
    wheel_.put(plan(fmt::format("a{}", i), fmt::format("m{}", i)), decide::AlarmState::kOk);
  EXPECT_EQ(wheel_.due(at(0), at(60)).size(), 3u);
  run(at(0), at(60));
  EXPECT_EQ(data_.calls, 3);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

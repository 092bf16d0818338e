// Statistics by name: the grammar of AWS's service model, and values the user guide's definitions
// give ("CloudWatch statistics definitions").
#include "metrics/statistic.h"

#include <gtest/gtest.h>

namespace seatrial::metrics {
namespace {

std::optional<double> of(std::string_view name, Distribution values) {
  Aggregate aggregate;
  aggregate.min = values.front().first;
  aggregate.max = values.back().first;
  for (const auto& [value, count] : values) {
    aggregate.count += count;
    aggregate.sum += value * count;
  }
  aggregate.values = std::move(values);
  const auto statistic = Statistic::parse(name);
  EXPECT_TRUE(statistic) << name;
  return statistic ? statistic->of(aggregate) : std::nullopt;
}

Distribution up_to(int n) {
  Distribution values;
  for (int i = 1; i <= n; ++i) values.emplace_back(i, 1);
  return values;
}

TEST(Statistic, KnowsEveryNameOfTheModel) {
  for (const auto* name : {"SampleCount",
                           "Average",
                           "Sum",
                           "Minimum",
                           "Maximum",
                           "IQM",
                           "p0",
                           "p50",
                           "p99.9",
                           "p100",
                           "p99.9999999999",
                           "tm95",
                           "tc90",
                           "ts90",
                           "wm98",
                           "TM(10%:90%)",
                           "TM(:95%)",
                           "TS(80%:)",
                           "TC(0.005:0.030)",
                           "WM(10%:90%)",
                           "PR(:300)",
                           "PR(100:2000)",
                           "PR(1:)",
                           "TM(1e2:1.5E+3)"})
    EXPECT_TRUE(Statistic::parse(name)) << name;
  for (const auto* name :
       {"",           "average",     "p",           "p101",    "p-1",   "p999",   "p1.12345678901",
        "pr90",       "TM90",        "tm(10%:90%)", "TM()",    "TM(:)", "TM(10)", "TM(10%:90)",
        "TM(10:90%)", "PR(10%:90%)", "TM(90%:10%)", "TM(a:b)", "P50",   "iqm",    "TM(1:2",
        "TM(-1:2)",   "p5e1",        "T",           "tm"})
    EXPECT_FALSE(Statistic::parse(name)) << name;
}

TEST(Statistic, ComputesWhatTheUserGuideDefines) {
  EXPECT_EQ(of("p99", up_to(100)), 99);
  EXPECT_EQ(of("p50", up_to(100)), 50);
  EXPECT_EQ(of("p0", up_to(100)), 1);
  EXPECT_EQ(of("p100", up_to(100)), 100);
  EXPECT_EQ(of("tm90", up_to(10)), 5);            // the mean of 1..9
  EXPECT_EQ(of("TM(2%:98%)", up_to(100)), 50.5);  // of 3..98
  EXPECT_EQ(of("tc90", up_to(10)), 9);
  EXPECT_EQ(of("ts90", up_to(10)), 45);
  EXPECT_EQ(of("TS(80%:)", up_to(10)), 19);
  EXPECT_EQ(of("wm90", up_to(10)), 5.4);  // 10 counts as 9
  EXPECT_EQ(of("WM(10%:90%)", up_to(10)), 5.5);
  EXPECT_EQ(of("IQM", up_to(4)), 2.5);
  EXPECT_EQ(of("IQM", {{7, 1}}), 7);
  EXPECT_EQ(of("TM(150:1000)", {{150, 5}, {200, 1}, {1000, 1}, {1001, 9}}), 600);
  EXPECT_EQ(of("TC(80:500)", {{80, 2}, {500, 3}, {501, 4}}), 3);
  EXPECT_EQ(of("WM(2:5)", {{1, 1}, {3, 1}, {9, 1}}), 10.0 / 3);
  EXPECT_EQ(of("PR(:300)", {{300, 3}, {301, 1}}), 75);
  EXPECT_EQ(of("TM(5000:)", up_to(3)), std::nullopt);
  EXPECT_EQ(of("p75", {{1, 3}, {9, 1}}), 1);
  EXPECT_EQ(of("p76", {{1, 3}, {9, 1}}), 9);
}

}  // namespace
}  // namespace seatrial::metrics

// Metric math: the worked examples of the user guide's "Metric math syntax and functions" (cited by
// section), then the rules between them.
#include <gtest/gtest.h>

#include "metrics/math/testing.h"

namespace seatrial::metrics::math {
namespace {

constexpr std::optional<double> kGap;

// "Comparison and logical operators"
TEST(MetricMath, ComparesAsTheUserGuideShows) {
  PaperSurroundings math(4);
  math.set("metric1", {30, 20, 0, 0});
  math.set("metric2", {20, kGap, 20, kGap});
  EXPECT_EQ(math("metric1 < metric2"), "[0, 0, 1, 0]");
  EXPECT_EQ(math("metric1 >= 30"), "[1, 0, 0, 0]");
  EXPECT_EQ(math("metric1 > 15 AND metric2 > 15"), "[1, 0, 0, 0]");
  EXPECT_EQ(math("metric1 > 15 && metric2 > 15 || metric1 == 20"), "[1, 1, 0, 0]");
  EXPECT_EQ(math("1 < 2"), "1");
}

// "Using IF expressions"
TEST(MetricMath, ChoosesAsTheUserGuideShows) {
  PaperSurroundings math(5);
  math.set("metric1", {1, 1, 0, 0, kGap});
  math.set("metric2", {30, kGap, 0, 0, 30});
  math.set("metric3", {0, 0, 20, kGap, 20});
  EXPECT_EQ(math("IF(metric1, metric2, metric3)"), "[30, 0, 20, -, -]");
  EXPECT_EQ(math("IF(metric1, 5, metric3)"), "[5, 5, 20, -, -]");
  EXPECT_EQ(math("IF(metric1, metric2, 5)"), "[30, 0, 5, 5, -]");
  EXPECT_EQ(math("IF(metric1, metric2)"), "[30, 0, -, -, -]");
  EXPECT_EQ(math("IF(1, metric2, metric3)"), "[30, -, 0, 0, 30]");
  EXPECT_EQ(math("IF(0, metric2)"), "[-, -, -, -, -]");
  EXPECT_EQ(math("IF(metric2 > 5, 10, 2)"), "[10, -, 2, 2, 10]");
}

// "Basic arithmetic functions"
TEST(MetricMath, CountsMissingOperandsAsZero) {
  PaperSurroundings math(3);
  math.set("m1", {1, 2, kGap});
  math.set("m2", {4, kGap, 8});
  EXPECT_EQ(math("m1 + m2"), "[5, 2, 8]");
  EXPECT_EQ(math("m2 - m1"), "[3, -2, 8]");
  EXPECT_EQ(math("m1 / m2"), "[0.25, -, 0]");
  EXPECT_EQ(math("m2 / m1"), "[4, 0, -]");
  EXPECT_EQ(math("-5 * m1"), "[-5, -10, -]");
  EXPECT_EQ(math("m1 / 0"), "[-, -, -]");
  EXPECT_EQ(math("SUM(100/[m1, m2])"), "[125, 50, 12.5]");
  EXPECT_EQ(math("[m1,m2]/m2"), "[0.25, -, 0] [1, -, 1]");
  EXPECT_EQ(math("METRICS()*100"), "[100, 200, -] [400, -, 800]");
  EXPECT_EQ(math("m1 / (m1 + 1e-36)"), "[1, 1, -]");
}

TEST(MetricMath, BindsAsInMathematics) {
  PaperSurroundings math(1);
  math.set("m1", {2});
  EXPECT_EQ(math("1 + 2 * 3"), "7");
  EXPECT_EQ(math("2 * 3 ^ 2"), "18");
  EXPECT_EQ(math("2 ^ 3 ^ 2"), "512");
  EXPECT_EQ(math("-2 ^ 2"), "-4");
  EXPECT_EQ(math("10 - 4 - 3"), "3");
  EXPECT_EQ(math("(m1 + 1) * -m1"), "[-6]");
  EXPECT_EQ(math("1 OR 0 AND 0"), "1");
}

TEST(MetricMath, Reduces) {
  PaperSurroundings math(4);
  math.set("m1", {1, 3, kGap, 8});
  math.set("m2", {5, kGap, kGap, 2});
  EXPECT_EQ(math("m1 - AVG(m1)"), "[-3, -1, -, 4]");
  EXPECT_EQ(math("SUM(m1)"), "12");
  EXPECT_EQ(math("MAX(m1)/m1"), "[8, 2.66667, -, 1]");
  EXPECT_EQ(math("AVG(METRICS())"), "[3, 1.5, -, 5]");  // missing values count as 0
  EXPECT_EQ(math("SUM([m1, m2])"), "[6, 3, -, 10]");
  EXPECT_EQ(math("MIN([m1, m2])"), "[1, 3, -, 2]");
  EXPECT_EQ(math("DATAPOINT_COUNT(m1)"), "3");
  EXPECT_EQ(math("DATAPOINT_COUNT(METRICS())"), "[2, 1, -, 2]");
  EXPECT_EQ(math("STDDEV(m2)"), "1.5");
  EXPECT_EQ(math("m1/METRIC_COUNT(METRICS())"), "[0.5, 1.5, -, 4]");
}

TEST(MetricMath, ChangesEachSeries) {
  PaperSurroundings math(5);
  math.set("m1", {1, kGap, 7, -2.5, kGap});
  EXPECT_EQ(math("ABS(m1)"), "[1, -, 7, 2.5, -]");
  EXPECT_EQ(math("CEIL(m1)"), "[1, -, 7, -2, -]");
  EXPECT_EQ(math("FLOOR(m1)"), "[1, -, 7, -3, -]");
  EXPECT_EQ(math("LOG10(m1 * 100)"), "[2, -, 2.8451, -, -]");  // of a negative value: dropped
  EXPECT_EQ(math("DIFF(m1)"), "[-, -, 6, -9.5, -]");
  EXPECT_EQ(math("DIFF_TIME(m1)"), "[-, -, 120, 60, -]");
  EXPECT_EQ(math("RATE(m1) * 60"), "[-, -, 3, -9.5, -]");
  EXPECT_EQ(math("RUNNING_SUM([m1])"), "[1, -, 8, 5.5, -]");
}

TEST(MetricMath, Fills) {
  PaperSurroundings math(6);
  math.set("m1", {kGap, 1, kGap, kGap, 4, kGap});
  math.set("m2", {9, 9, kGap, 7, 7, 7});
  math.set("none", {});
  EXPECT_EQ(math("FILL(m1, 0)"), "[0, 1, 0, 0, 4, 0]");
  EXPECT_EQ(math("FILL(m1, REPEAT)"), "[-, 1, 1, 1, 4, 4]");
  EXPECT_EQ(math("FILL(m1, LINEAR)"), "[-, 1, 2, 3, 4, -]");
  EXPECT_EQ(math("FILL(m1, m2)"), "[9, 1, -, 7, 4, 7]");
  EXPECT_EQ(math("FILL(m1, MIN(m1))"), "[1, 1, 1, 1, 4, 1]");
  EXPECT_EQ(math("FILL(none, 3)"), "[3, 3, 3, 3, 3, 3]");
  EXPECT_EQ(math("FILL([m1, none], 0)"), "[0, 1, 0, 0, 4, 0] [0, 0, 0, 0, 0, 0]");
}

TEST(MetricMath, OrdersArrays) {
  PaperSurroundings math(2);
  math.set("errors_a", {1, 1});
  math.set("errors_b", {9, 0});
  math.set("empty", {});
  EXPECT_EQ(math("SORT(METRICS(), AVG, DESC)"), "[9, 0] [1, 1] [-, -]");
  EXPECT_EQ(math("SORT(METRICS(), MIN, DESC, 1)"), "[1, 1]");
  EXPECT_EQ(math("SLICE(SORT(METRICS(), SUM, ASC), 1)"), "[9, 0] [-, -]");
  EXPECT_EQ(math("SLICE(METRICS(), 0, 1)"), "[1, 1]");
  EXPECT_EQ(math("REMOVE_EMPTY(METRICS())"), "[1, 1] [9, 0]");
  EXPECT_EQ(math("FIRST(METRICS('errors'))"), "[1, 1]");
  EXPECT_EQ(math("LAST(METRICS(\"errors\"))"), "[9, 0]");
  EXPECT_EQ(math("IF(FIRST(SORT(METRICS(), AVG, DESC))>5, 1, 0)"), "[1, 0]");
  EXPECT_EQ(math("SUM([METRICS('a'), METRICS('b')])"), "[10, 1]");
}

TEST(MetricMath, ReadsTimestamps) {
  PaperSurroundings math(3);
  math.set("m1", {1, kGap, 1});
  EXPECT_EQ(math("MINUTE(m1)"), "[0, 1, 2]");
  EXPECT_EQ(math("HOUR(m1)"), "[0, 0, 0]");
  EXPECT_EQ(math("DAY(m1)"), "[4, 4, 4]");  // Thursday; Monday is 1
  EXPECT_EQ(math("DATE(m1)"), "[1, 1, 1]");
  EXPECT_EQ(math("MONTH(m1)"), "[1, 1, 1]");
  EXPECT_EQ(math("YEAR(m1)"), "[2026, 2026, 2026]");
  EXPECT_EQ(math("EPOCH(m1) - 1767225600"), "[0, 60, 120]");
  EXPECT_EQ(math("IF(DAY(m1)<6,m1)"), "[1, 0, 1]");
  EXPECT_EQ(math("TIME_SERIES(MAX(m1))"), "[1, 1, 1]");
  EXPECT_EQ(math("m1/PERIOD(m1)*60"), "[1, -, 1]");
}

TEST(MetricMath, RefusesByName) {
  PaperSurroundings math(1);
  math.set("m1", {1});
  EXPECT_EQ(math("ANOMALY_DETECTOR(m1)"), "error: Function 'ANOMALY_DETECTOR' not found");
  EXPECT_EQ(math("avg(m1)"), "error: Function 'avg' not found");
  EXPECT_EQ(math("m2 + 1"), "error: Undefined id 'm2'");
  EXPECT_EQ(math("m1 +"), "error: Unexpected end of the expression");
  EXPECT_EQ(math("m1 m1"), "error: Unexpected 'm1' at position 4");
  EXPECT_EQ(math("(m1"), "error: Unexpected end of the expression");
  EXPECT_EQ(
      math("[m1] + [m1]"),
      "error: Unsupported operand type(s) for +: 'Array[TimeSeries]' and 'Array[TimeSeries]'");
  EXPECT_EQ(math("AVG(5)"), "error: Unsupported argument type for function 'AVG': 'Scalar'");
  EXPECT_EQ(math("AVG(m1, m1)"), "error: Function 'AVG' takes 1 argument, 2 given");
  EXPECT_EQ(math("PERIOD(m1 + 1)"),
            "error: Function 'PERIOD' takes a metric, not the result of an expression");
  EXPECT_TRUE(math("INSIGHT_RULE_METRIC(m1)").starts_with("error: Seatrial has no data behind"));
  EXPECT_TRUE(math("INSIGHT_RULE_METRIC('r', 'Sum')").starts_with("error: Seatrial has no data"));
  EXPECT_EQ(math(std::string(200, '(') + "m1"), "error: The expression is nested too deeply");
  EXPECT_EQ(math("m1 % 2"), "error: Unexpected '%' at position 4");
  EXPECT_EQ(math("'text'"), "error: Unexpected 'text' at position 1");
}

}  // namespace
}  // namespace seatrial::metrics::math

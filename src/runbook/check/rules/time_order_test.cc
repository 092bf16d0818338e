#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> time_order_in(std::string_view shell) {
  return places(check("time-order", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

const std::string kMetrics = "aws cloudwatch get-metric-statistics ";

TEST(TimeOrder, Literals) {
  EXPECT_THAT(time_order_in(kMetrics +
                            "--start-time 2024-01-20T11:00:00Z --end-time 2024-01-20T10:00:00Z\n"),
              ElementsAre("3:38 time-order"));
  EXPECT_THAT(
      time_order_in("aws ce get-cost-and-usage --time-period Start=2024-01-31,End=2024-01-31\n"),
      ElementsAre("3:41 time-order"));
  EXPECT_THAT(time_order_in("aws logs filter-log-events --start-time 1700000000000 --end-time "
                            "1600000000000\n"),
              ElementsAre("3:28 time-order"));
  EXPECT_THAT(time_order_in(kMetrics +
                            "--start-time 2024-01-20T10:00:00Z --end-time 2024-01-20T11:00:00Z\n"),
              IsEmpty());
}

TEST(TimeOrder, OnlyDaysArePrinted) {
  EXPECT_THAT(
      time_order_in(kMetrics + "\\\n  --start-time $(date -u -d '1 hour ago' --iso-8601) \\\n"
                               "  --end-time $(date -u --iso-8601)\n"),
      ElementsAre("4:3 time-order"));
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $(date -u -d '20 hours ago' +%F) "
                                       "--end-time $(date -u +%F)\n"),
              ElementsAre("3:38 time-order warning"));
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $(date -u -d '1 day ago' --iso-8601) "
                                       "--end-time $(date -u --iso-8601)\n"),
              IsEmpty());
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $(date -u -d '1 hour ago' --iso-8601=seconds) "
                                       "--end-time $(date -u --iso-8601=seconds)\n"),
              IsEmpty());
}

TEST(TimeOrder, TheFirstOfTheMonth) {
  EXPECT_THAT(time_order_in("aws ce get-cost-and-usage --time-period "
                            "Start=$(date +%Y-%m-01),End=$(date +%Y-%m-%d) --granularity DAILY\n"),
              ElementsAre("3:41 time-order warning"));
}

TEST(TimeOrder, TheSameExpressionTwice) {
  EXPECT_THAT(
      time_order_in("NOW=$(date -u +%FT%TZ)\n" + kMetrics + "--start-time $NOW --end-time $NOW\n"),
      ElementsAre("4:38 time-order"));
  EXPECT_THAT(time_order_in("aws ec2 describe-spot-price-history --start-time $(date +%s) "
                            "--end-time $(date +%s)\n"),
              IsEmpty());
}

TEST(TimeOrder, Units) {
  EXPECT_THAT(time_order_in("aws logs filter-log-events --log-group-name g \\\n"
                            "  --start-time $(date -d '1 hour ago' +%s) --end-time $(date +%s)\n"),
              ElementsAre("4:16 time-order warning", "4:55 time-order"));
  EXPECT_THAT(time_order_in("aws logs filter-log-events --log-group-name g "
                            "--start-time $(date -u --iso-8601=seconds)\n"),
              ElementsAre("3:60 time-order"));
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $(date -d '1 hour ago' +%s)000 "
                                       "--end-time $(date +%s)000\n"),
              ElementsAre("3:51 time-order", "3:93 time-order"));
  EXPECT_THAT(
      time_order_in("aws logs filter-log-events --start-time $(date -v-1H +%s)000\n"
                    "aws logs filter-log-events --start-time $(($(date +%s) - 3600))000\n"
                    "aws logs start-query --start-time $(date -v-1H +%s) --end-time $(date +%s)\n"),
      IsEmpty());
}

TEST(TimeOrder, ZonesAndFuture) {
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $(date -d '1 hour ago' +%FT%T) "
                                       "--end-time $(date -u +%FT%T)\n"),
              ElementsAre("3:38 time-order warning"));
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $(date -u -d '+1 hour' +%FT%TZ) "
                                       "--end-time $(date -u -d '+2 hours' +%FT%TZ)\n"),
              ElementsAre("3:38 time-order warning"));
}

TEST(TimeOrder, Datapoints) {
  const std::string week =
      "--start-time $(date -u -d '7 days ago' +%FT%TZ) --end-time $(date -u +%FT%TZ) ";
  EXPECT_THAT(time_order_in(kMetrics + week + "--period 60\n"), ElementsAre("3:125 time-order"));
  EXPECT_THAT(time_order_in(kMetrics + week + "--period 3600\n"), IsEmpty());
  EXPECT_THAT(time_order_in(kMetrics + week + "--period $P\n"), IsEmpty());
}

TEST(TimeOrder, UnknownTimesAreNotJudged) {
  EXPECT_THAT(time_order_in(kMetrics + "--start-time $START --end-time $END\n" + kMetrics +
                            "--start-time <start> --end-time 2024-01-01T00:00:00Z\n"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check

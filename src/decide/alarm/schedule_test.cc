#include "decide/alarm/schedule.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

TEST(AlarmSchedule, DependsOnThePeriodAndOnHowFarBackIsLooked) {
  EXPECT_EQ(evaluation_interval_s(10, 6), 10);
  EXPECT_EQ(evaluation_interval_s(60, 1), 60);
  EXPECT_EQ(evaluation_interval_s(300, 288), 60);  // a day
  EXPECT_EQ(evaluation_interval_s(3600, 25), 3600);
}

TEST(AlarmSchedule, NoMomentIsLostToALateTick) {
  const auto at = [](int seconds) { return from_ms(1'767'225'600'000 + seconds * 1000LL); };
  EXPECT_TRUE(is_due(10, at(9), at(10)));
  EXPECT_FALSE(is_due(60, at(1), at(59)));
  EXPECT_TRUE(is_due(60, at(59), at(70)));
  EXPECT_TRUE(is_due(3600, at(-1), at(0)));
}

// Observed: a state change at 09:51:49 whose newest datapoint, of 15 minutes, was 09:36.
TEST(AlarmSchedule, PeriodsEndAtTheMinuteOfTheEvaluation) {
  const Time now = *parse_time("2026-08-19T09:51:49.318Z");
  const auto window = evaluation_window(now, 900, 8);
  EXPECT_EQ(window.periods, 10);
  EXPECT_EQ(format_iso8601(window.end), "2026-08-19T09:51:00.000Z");
  EXPECT_EQ(format_iso8601(window.start), "2026-08-19T07:21:00.000Z");
  EXPECT_EQ(format_iso8601(evaluation_window(now, 10, 1).end), "2026-08-19T09:51:40.000Z");
}

}  // namespace
}  // namespace seatrial::decide

// The six timelines of the user guide; one time unit is a minute, WaitPeriod 2, ExtensionPeriod 3.
#include "decide/alarm/suppressor.h"

#include <gtest/gtest.h>

#include <string>

namespace seatrial::decide {
namespace {

// Both alarms' states per time unit from t1 on ('A' in ALARM, '.' not). The result has, per unit:
// W, E, A: suppressed by that; '!': the actions are carried out; '-': nothing.
std::string timeline(std::string_view composite, std::string_view suppressor) {
  const SuppressorPeriods periods{std::chrono::minutes(2), std::chrono::minutes(3)};
  Suppression state;
  std::string out;
  for (std::size_t i = 0; i < composite.size(); ++i) {
    const Time now = from_ms(static_cast<std::int64_t>(i + 1) * 60'000);
    const bool transitioned = i > 0 && composite[i] != composite[i - 1];
    const auto step = step_suppression(state, periods, now, transitioned, suppressor[i] == 'A');
    state = step.next;
    const auto name = suppressed_by_name(state.by);
    out += step.act ? '!' : name.empty() ? '-' : name[0];
  }
  return out;
}

TEST(Suppressor, TheUserGuidesTimelines) {
  //                     123456789    123456789
  EXPECT_EQ(timeline(".AAAAAAAA", "........."), "-WW!-----") << "1: after the WaitPeriod";
  EXPECT_EQ(timeline(".AAAAAAAA", "..AAAAAAA"), "-WAAAAAAA") << "2: by the alarm, within it";
  EXPECT_EQ(timeline(".A.......", "........."), "-WWW!----") << "3: a transition within it";
  EXPECT_EQ(timeline(".AAAAAAAA", "AAAAAAAAA"), "AAAAAAAAA") << "4: by the alarm";
  EXPECT_EQ(timeline(".AAAAAAAA", "..AAA...."), "-WAAAEEE!") << "5: after the ExtensionPeriod";
  EXPECT_EQ(timeline(".AAAAA...", "..AAA...."), "-WAAAEWW!") << "6: a transition within it";
}

TEST(Suppressor, NothingHeldBackIsCarriedOut) {
  EXPECT_EQ(timeline("..........", ".AAA......"), "-AAAEEE---");
}

TEST(Suppressor, PeriodsOfZeroActAtOnce) {
  const auto step = step_suppression({}, {}, from_ms(1000), true, false);
  EXPECT_TRUE(step.act);
  EXPECT_EQ(step.next.by, SuppressedBy::kNothing);
  EXPECT_FALSE(step.next.owed);
}

}  // namespace
}  // namespace seatrial::decide

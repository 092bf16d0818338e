#include "decide/scaling/scaling.h"

#include <gmock/gmock.h>

namespace seatrial::decide {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr Time kNow = from_ms(1'700'000'000'000);
Time after(int seconds) { return kNow + Millis{seconds * 1000LL}; }

// The worked example of the user guide, "Step scaling": threshold 50.
StepPolicy guide() {
  return {Adjustment::kPercent,
          {{std::nullopt, -20, -30}, {-20, -10, -10}, {-10, 10, 0}, {10, 20, 10}, {20, {}, 30}},
          0};
}

TEST(StepWish, TakesTheStepThatHoldsTheBreach) {
  const auto wish = [&](double metric) { return step_wish(guide(), 50, metric, 10); };
  EXPECT_THAT(wish(50), Optional(10));
  EXPECT_THAT(wish(59.9), Optional(10));
  EXPECT_THAT(wish(60), Optional(11));  // lower inclusive above the threshold
  EXPECT_THAT(wish(69.9), Optional(11));
  EXPECT_THAT(wish(70), Optional(13));
  EXPECT_THAT(wish(40.1), Optional(10));
  EXPECT_THAT(wish(40), Optional(9));  // upper inclusive below it
  EXPECT_THAT(wish(30), Optional(7));
}

TEST(StepWish, AGapWouldBeNoWish) {
  const StepPolicy up{Adjustment::kChange, {{0, {}, 2}}, 0};
  EXPECT_EQ(step_wish(up, 50, 49, 3), std::nullopt);
  EXPECT_THAT(step_wish(up, 50, 50, 3), Optional(5));
}

TEST(StepWish, PercentagesRoundTowardZeroButNeverToNothing) {
  const auto percent = [](int adjustment, int from, int magnitude = 0) {
    const StepPolicy policy{
        Adjustment::kPercent, {{std::nullopt, std::nullopt, adjustment}}, magnitude};
    return *step_wish(policy, 0, 1, from) - from;
  };
  EXPECT_EQ(percent(10, 4), 1);    // 0.4
  EXPECT_EQ(percent(-10, 4), -1);  // -0.4
  EXPECT_EQ(percent(65, 10), 6);   // 6.5
  EXPECT_EQ(percent(-65, 10), -6);
  EXPECT_EQ(percent(25, 4, 2), 2);
  EXPECT_EQ(percent(-25, 4, 2), -2);
  EXPECT_EQ(percent(10, 0), 0);
}

TEST(StepWish, ExactIsExact) {
  EXPECT_THAT(step_wish({Adjustment::kExact, {{0, {}, 7}}, 0}, 1, 2, 3), Optional(7));
}

TEST(StepProblem, FindsGapsOverlapsAndEmptySteps) {
  EXPECT_EQ(step_problem(guide().steps), "");
  EXPECT_EQ(step_problem({{10, {}, 1}, {0, 10, 1}}), "");  // in any order
  EXPECT_THAT(step_problem({}), HasSubstr("no steps"));
  EXPECT_THAT(step_problem({{0, 10, 1}, {20, {}, 2}}), HasSubstr("gap"));
  EXPECT_THAT(step_problem({{0, 10, 1}, {5, {}, 2}}), HasSubstr("overlap"));
  EXPECT_THAT(step_problem({{{}, {}, 1}, {5, {}, 2}}), HasSubstr("overlap"));
  EXPECT_THAT(step_problem({{10, 10, 1}}), HasSubstr("not below"));
}

TEST(TrackingWish, IsProportionalAndRoundedUp) {
  EXPECT_EQ(tracking_wish(70, 95, 2), 3);
  EXPECT_EQ(tracking_wish(70, 140, 2), 4);
  EXPECT_EQ(tracking_wish(70, 70, 3), 3);
  EXPECT_EQ(tracking_wish(0.7, 0.7, 3), 3);
  EXPECT_EQ(tracking_wish(70, 10, 4), 1);
  EXPECT_EQ(tracking_wish(70, 0, 4), 0);
}

TEST(DecideScaling, StaysWithinItsBounds) {
  ScalingQuestion q{.desired = 2, .wish = 9, .min = 1, .max = 4};
  EXPECT_THAT(decide_scaling(q, {}, kNow).capacity, Optional(4));
  q.desired = 4;
  EXPECT_EQ(decide_scaling(q, {}, kNow).held_by, "AlreadyAtMaxCapacity");
  q.wish = 0;
  EXPECT_THAT(decide_scaling(q, {}, kNow).capacity, Optional(1));
  q.desired = 1;
  EXPECT_EQ(decide_scaling(q, {}, kNow).held_by, "AlreadyAtMinCapacity");
}

TEST(DecideScaling, InItsCooldownOnlyALargerScaleOutPassesByTheDifference) {
  const StepPolicy policy{Adjustment::kChange, {{0, 10, 1}, {10, {}, 3}}, 0};
  ScalingCooldowns cooldowns;
  int desired = 2;
  const auto breach = [&](double metric, int seconds) {
    const Time now = after(seconds);
    const int wish = *step_wish(policy, 50, metric, capacity_base(cooldowns, desired, now));
    const auto verdict =
        decide_scaling({.desired = desired, .wish = wish, .max = 20}, cooldowns, now);
    cooldowns = verdict.next;
    desired = verdict.capacity.value_or(desired);
    return desired;
  };
  EXPECT_EQ(breach(55, 0), 3);
  EXPECT_EQ(breach(55, 60), 3);   // the same again: it was made
  EXPECT_EQ(breach(65, 120), 5);  // three from 2, of which one is there
  EXPECT_EQ(breach(65, 180), 5);
  EXPECT_EQ(breach(55, 421), 6);  // 300 s after the last one
}

TEST(DecideScaling, AScaleInWaitsForItsCooldownAndAScaleOutEndsIt) {
  ScalingQuestion in{.desired = 5, .wish = 3, .min = 1, .max = 9};
  const auto first = decide_scaling(in, {}, kNow);
  EXPECT_THAT(first.capacity, Optional(3));
  in.desired = 3;
  in.wish = 2;
  EXPECT_THAT(decide_scaling(in, first.next, after(299)).held_by, HasSubstr("scale-in"));
  EXPECT_THAT(decide_scaling(in, first.next, after(300)).capacity, Optional(2));
  const auto out = decide_scaling({.desired = 3, .wish = 4, .max = 9}, first.next, after(10));
  EXPECT_THAT(out.capacity, Optional(4));
  EXPECT_EQ(out.next.in_until, Time{});
}

TEST(DecideScaling, NothingIsScaledInDuringADeploymentOrAgainstAnotherPolicy) {
  ScalingQuestion in{.desired = 5, .wish = 3, .min = 1, .max = 9};
  in.deploying = true;
  EXPECT_THAT(decide_scaling(in, {}, kNow).held_by, HasSubstr("deployment"));
  in.deploying = false;
  in.may_in = false;
  EXPECT_THAT(decide_scaling(in, {}, kNow).held_by, HasSubstr("another policy"));
  in.wish = 6;
  EXPECT_THAT(decide_scaling(in, {}, kNow).capacity, Optional(6));
}

TEST(DecideScaling, SuspensionHoldsEachWay) {
  ScalingQuestion q{.desired = 5, .wish = 6, .min = 1, .max = 9};
  q.out_suspended = true;
  EXPECT_THAT(decide_scaling(q, {}, kNow).held_by, HasSubstr("out is suspended"));
  q.wish = 4;
  EXPECT_THAT(decide_scaling(q, {}, kNow).capacity, Optional(4));
  q.in_suspended = true;
  EXPECT_THAT(decide_scaling(q, {}, kNow).held_by, HasSubstr("in is suspended"));
}

}  // namespace
}  // namespace seatrial::decide

// Each row of the state machine.
#include "decide/target_health/target_health.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

using Kind = HealthObservation::Kind;
constexpr HealthObservation kGood{Kind::kStatus, 200}, kBad{Kind::kStatus, 500};

TargetHealth after(TargetHealth health, const std::vector<HealthObservation>& seen,
                   const HealthPolicy& policy = {3, 2, "200"}) {
  for (const auto& one : seen) health = observed(health, policy, one);
  return health;
}
TargetHealth healthy() { return after(registered_target(true), {kGood}); }
TargetHealth unhealthy() { return after(registered_target(true), {kBad, kBad}); }

TEST(TargetHealth, NewTargetsAreInitialThenChecked) {
  const auto fresh = registered_target(true);
  EXPECT_EQ(state_text(fresh.state), "initial");
  EXPECT_EQ(fresh.reason, "Elb.RegistrationInProgress");
  EXPECT_EQ(checking(fresh).reason, "Elb.InitialHealthChecking");
  EXPECT_EQ(checking(fresh).state, TargetState::kInitial);
  EXPECT_EQ(checking(healthy()), healthy());
}

TEST(TargetHealth, OneSuccessMakesANewTargetHealthy) {
  EXPECT_EQ(healthy().state, TargetState::kHealthy);
  EXPECT_EQ(healthy().reason, "");
  EXPECT_EQ(after(registered_target(true), {kBad, kGood}).state, TargetState::kHealthy);
}

TEST(TargetHealth, FailuresInARowMakeUnhealthy) {
  EXPECT_EQ(after(registered_target(true), {kBad}).state, TargetState::kInitial);
  EXPECT_EQ(unhealthy().state, TargetState::kUnhealthy);
  EXPECT_EQ(after(healthy(), {kBad}).state, TargetState::kHealthy);
  EXPECT_EQ(after(healthy(), {kBad, kGood, kBad}).state, TargetState::kHealthy);
  EXPECT_EQ(after(healthy(), {kBad, kBad}).state, TargetState::kUnhealthy);
}

TEST(TargetHealth, AnUnhealthyTargetNeedsTheWholeThreshold) {
  EXPECT_EQ(after(unhealthy(), {kGood, kGood}).state, TargetState::kUnhealthy);
  EXPECT_EQ(after(unhealthy(), {kGood, kGood, kBad, kGood, kGood}).state, TargetState::kUnhealthy);
  EXPECT_EQ(after(unhealthy(), {kGood, kGood, kGood}).state, TargetState::kHealthy);
}

TEST(TargetHealth, ReasonsSayWhatWasSeenLast) {
  EXPECT_EQ(unhealthy().reason, "Target.ResponseCodeMismatch");
  EXPECT_EQ(unhealthy().description, "Health checks failed with these codes: [500]");
  const auto timed_out = after(unhealthy(), {{Kind::kTimedOut}});
  EXPECT_EQ(timed_out.reason, "Target.Timeout");
  EXPECT_EQ(timed_out.description, "Request timed out");
  for (const auto kind : {Kind::kRefused, Kind::kFailed}) {
    EXPECT_EQ(after(unhealthy(), {{kind}}).reason, "Target.FailedHealthChecks");
    EXPECT_EQ(after(unhealthy(), {{kind}}).description, "Health checks failed");
  }
}

TEST(TargetHealth, TcpChecksPassOnConnection) {
  EXPECT_EQ(after(registered_target(true), {{Kind::kConnected}}).state, TargetState::kHealthy);
  EXPECT_EQ(after(registered_target(true), {{Kind::kRefused}, {Kind::kRefused}}).state,
            TargetState::kUnhealthy);
}

TEST(TargetHealth, UnusedUntilSomethingForwardsToTheGroup) {
  const auto unused = registered_target(false);
  EXPECT_EQ(unused.state, TargetState::kUnused);
  EXPECT_EQ(unused.reason, "Target.NotInUse");
  EXPECT_EQ(unused.description,
            "Target group is not configured to receive traffic from the load balancer");
  EXPECT_EQ(after(unused, {kGood, kBad}), unused);
  EXPECT_EQ(use_changed(unused, true), registered_target(true));
  EXPECT_EQ(use_changed(healthy(), true), healthy());
  EXPECT_EQ(use_changed(healthy(), false), unused);
  EXPECT_EQ(unregistered_target().reason, "Target.NotRegistered");
}

TEST(TargetHealth, DrainingStaysSoWhateverHappens) {
  const auto drain = draining(healthy());
  EXPECT_EQ(drain.state, TargetState::kDraining);
  EXPECT_EQ(drain.reason, "Target.DeregistrationInProgress");
  EXPECT_EQ(drain.description, "Target deregistration is in progress");
  EXPECT_EQ(after(drain, {kGood, kBad}), drain);
  EXPECT_EQ(use_changed(drain, false), drain);
}

TEST(TargetHealth, HealthyTargetsGetRequestsElseUnhealthyOnesDo) {
  using S = TargetState;
  EXPECT_EQ(routed({S::kHealthy, S::kUnhealthy, S::kInitial}),
            (std::vector<bool>{true, false, false}));
  EXPECT_EQ(routed({S::kUnhealthy, S::kInitial, S::kDraining}),
            (std::vector<bool>{true, false, false}));
  EXPECT_EQ(routed({S::kInitial, S::kUnused}), (std::vector<bool>{false, false}));
  EXPECT_TRUE(routed({}).empty());
}

TEST(Matcher, CodesAndRanges) {
  EXPECT_TRUE(code_matches("200", 200));
  EXPECT_FALSE(code_matches("200", 201));
  EXPECT_TRUE(code_matches("200-299,301", 299));
  EXPECT_TRUE(code_matches("200-299,301", 301));
  EXPECT_FALSE(code_matches("200-299,301", 300));
  for (const auto* bad :
       {"", "2000", "20", "abc", "200,", ",200", "299-200", "200-", "100", "200-500", "200 "}) {
    EXPECT_TRUE(matcher_problem(bad)) << bad;
  }
  for (const auto* good : {"200", "200,202", "200-299", "200-499", "200-299,301-302"}) {
    EXPECT_FALSE(matcher_problem(good)) << good;
  }
}

}  // namespace
}  // namespace seatrial::decide

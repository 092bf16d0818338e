// A load balancer's target: what its health checks so far make of it.
//
// Pure: observations in, state with reason out, in the words describe-target-health uses. When to
// probe and what to route is services/elbv2/controller.cc.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::decide {

struct HealthPolicy {
  int healthy_threshold = 5;    // successes in a row that make an unhealthy target healthy
  int unhealthy_threshold = 2;  // failures in a row that make a target unhealthy
  std::string matcher = "200";  // HTTP codes that are a success: "200", "200-299,301"
};

enum class TargetState { kInitial, kHealthy, kUnhealthy, kUnused, kDraining };

// Plain data; stored by the room. Start from registered_target().
struct TargetHealth {
  TargetState state = TargetState::kInitial;
  std::string reason, description;  // empty when healthy
  int successes = 0, failures = 0;  // in a row
  bool operator==(const TargetHealth&) const = default;
};

struct HealthObservation {
  enum class Kind { kStatus, kConnected, kRefused, kTimedOut, kFailed } kind = Kind::kFailed;
  int status = 0;  // of an HTTP answer
};

std::string_view state_text(TargetState state);  // "initial", "healthy", ...

// Newly registered. `in_use`: some listener's rule forwards to its group.
TargetHealth registered_target(bool in_use);
// What describe-target-health answers for a target that was asked for but is not registered.
TargetHealth unregistered_target();
// The group came into use (its targets start anew) or went out of it.
TargetHealth use_changed(TargetHealth health, bool in_use);
// The first check is under way.
TargetHealth checking(TargetHealth health);
// After a check. Unused and draining targets stay what they are.
TargetHealth observed(TargetHealth health, const HealthPolicy& policy,
                      const HealthObservation& seen);
TargetHealth draining(TargetHealth health);

// Which of a group's targets get requests, given their states: the healthy ones; when there is
// none, all unhealthy ones, for a load balancer would rather try ("fail open").
std::vector<bool> routed(const std::vector<TargetState>& targets);

bool code_matches(std::string_view matcher, int status);
// Empty when `matcher` is well formed with codes from 200 to `highest`, else what is wrong.
std::optional<std::string> matcher_problem(std::string_view matcher, int highest = 499);

}  // namespace seatrial::decide

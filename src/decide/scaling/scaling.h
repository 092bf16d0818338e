// What a scaling policy makes of an alarm: which capacity, and whether now. Pure.
//
// Problem: policies of several kinds, cooldowns, bounds and deployments all have a say in one
// number. Choice: each policy says what it wishes (step_wish, tracking_wish), counted from what
// `capacity_base` says so that a scale-out under way is not made twice; decide_scaling holds that
// against all the rest and says what the next cooldowns are. Rejected: remembering capacities still
// to come in the service, which would have to be kept in step with it.
//
// docs.aws.amazon.com/autoscaling/application/userguide/ step-scaling-policy-overview,
// target-tracking-scaling-policy-overview
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace seatrial::decide {

enum class Adjustment { kChange, kPercent, kExact };

struct ScalingStep {
  std::optional<double> lower, upper;  // relative to the threshold; absent: without end
  int adjustment = 0;
};

struct StepPolicy {
  Adjustment type = Adjustment::kChange;
  std::vector<ScalingStep> steps;
  int min_magnitude = 0;  // of a percentage's change; 0: none
};

// What is wrong with the steps: a gap, an overlap, an interval without extent. Empty: nothing.
std::string step_problem(const std::vector<ScalingStep>& steps);

// The capacity that a step policy wishes; nothing when no step holds the breach.
std::optional<int> step_wish(const StepPolicy& policy, double threshold, double metric, int from);
// guess: AWS does not say how; proportional to the metric, rounded up.
int tracking_wish(double target, double metric, int running);

// What is left of earlier scaling of one target.
struct ScalingCooldowns {
  Time out_until{}, in_until{};
  int out_base = 0;  // the capacity before the scale-out that out_until is of
};

// From where a wish is counted: during a scale-out's cooldown from before it, so that only a larger
// one passes, by the difference.
int capacity_base(const ScalingCooldowns& cooldowns, int now_there, Time now);

struct ScalingQuestion {
  int desired = 0;     // what the service is told now
  int wish = 0;        // of the policy
  bool may_in = true;  // every tracking policy of the target agrees
  bool deploying = false;
  int min = 0, max = 0;
  bool out_suspended = false, in_suspended = false;
  int out_cooldown_s = 300, in_cooldown_s = 300;
};

struct ScalingVerdict {
  std::optional<int> capacity;  // to be set; nothing: it stays
  std::string held_by;          // why it stays, for the log
  ScalingCooldowns next;
};

ScalingVerdict decide_scaling(const ScalingQuestion& question, const ScalingCooldowns& cooldowns,
                              Time now);

}  // namespace seatrial::decide

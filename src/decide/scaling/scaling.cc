#include "decide/scaling/scaling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace seatrial::decide {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMostCapacity = 1e9;

double lower_of(const ScalingStep& step) { return step.lower.value_or(-kInfinity); }
double upper_of(const ScalingStep& step) { return step.upper.value_or(kInfinity); }

// Above the threshold the lower bound is inclusive, below it the upper one.
bool holds(const ScalingStep& step, double breach) {
  if (breach >= 0) return breach >= lower_of(step) && breach < upper_of(step);
  return breach > lower_of(step) && breach <= upper_of(step);
}

int whole(double capacity) {
  return static_cast<int>(std::clamp(capacity, -kMostCapacity, kMostCapacity));
}

// Toward zero, but never to nothing: between 0 and 1 it is 1, between -1 and 0 it is -1.
int percent_change(int percent, int from) {
  const double exact = from * (percent / 100.0);
  if (exact > 0 && exact < 1) return 1;
  if (exact < 0 && exact > -1) return -1;
  return whole(std::trunc(exact));
}

int at_least(int change, int magnitude) {
  if (change > 0) return std::max(change, magnitude);
  if (change < 0) return std::min(change, -magnitude);
  return change;
}

}  // namespace

std::string step_problem(const std::vector<ScalingStep>& given) {
  if (given.empty()) return "there are no steps";
  auto steps = given;
  std::ranges::sort(steps, {}, lower_of);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (lower_of(steps[i]) >= upper_of(steps[i]))
      return "the lower bound of a step is not below its upper bound";
    if (i == 0) continue;
    if (upper_of(steps[i - 1]) > lower_of(steps[i])) return "the intervals of steps overlap";
    if (upper_of(steps[i - 1]) < lower_of(steps[i])) return "there is a gap between steps";
  }
  return {};
}

std::optional<int> step_wish(const StepPolicy& policy, double threshold, double metric, int from) {
  const double breach = metric - threshold;
  const auto step =
      std::ranges::find_if(policy.steps, [&](const auto& one) { return holds(one, breach); });
  if (step == policy.steps.end()) return std::nullopt;
  switch (policy.type) {
    case Adjustment::kChange:
      return from + step->adjustment;
    case Adjustment::kPercent:
      return from + at_least(percent_change(step->adjustment, from), policy.min_magnitude);
    case Adjustment::kExact:
      return step->adjustment;
  }
  return std::nullopt;
}

int tracking_wish(double target, double metric, int running) {
  constexpr double kRounding = 1e-9;  // 3 * 0.7 / 0.7 is 3, not 4
  return whole(std::ceil(running * metric / target - kRounding));
}

int capacity_base(const ScalingCooldowns& cooldowns, int now_there, Time now) {
  return now < cooldowns.out_until ? std::min(cooldowns.out_base, now_there) : now_there;
}

ScalingVerdict decide_scaling(const ScalingQuestion& q, const ScalingCooldowns& cooldowns,
                              Time now) {
  const auto hold = [&](const char* why) { return ScalingVerdict{std::nullopt, why, cooldowns}; };
  const int wish = std::clamp(q.wish, q.min, std::max(q.min, q.max));
  if (wish == q.desired)
    return hold(q.wish > wish   ? "AlreadyAtMaxCapacity"
                : q.wish < wish ? "AlreadyAtMinCapacity"
                                : "AlreadyAtDesiredCapacity");
  ScalingCooldowns next = cooldowns;
  if (wish > q.desired) {
    if (q.out_suspended) return hold("scaling out is suspended");
    next.out_base = capacity_base(cooldowns, q.desired, now);
    next.out_until = now + Millis{q.out_cooldown_s * 1000LL};
    next.in_until = {};  // a scale-out ends the cooldown of a scale-in
    return {wish, "", next};
  }
  if (q.in_suspended) return hold("scaling in is suspended");
  if (q.deploying) return hold("a deployment is in progress");
  if (!q.may_in) return hold("another policy does not scale in");
  if (now < cooldowns.in_until) return hold("the cooldown of a scale-in is not over");
  if (now < cooldowns.out_until) return hold("the cooldown of a scale-out is not over");
  next.in_until = now + Millis{q.in_cooldown_s * 1000LL};
  return {wish, "", next};
}

}  // namespace seatrial::decide

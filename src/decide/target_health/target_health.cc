// The state machine and the matcher; see the header.
#include "decide/target_health/target_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace seatrial::decide {
namespace {

constexpr int kLowestCode = 200;

struct CodeRange {
  int from = 0, to = 0;
};

std::optional<int> three_digits(std::string_view text) {
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (text.size() != 3 || error != std::errc{} || end != text.data() + text.size()) return {};
  return code;
}

std::optional<std::vector<CodeRange>> parse_matcher(std::string_view text) {
  std::vector<CodeRange> ranges;
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    const auto part = text.substr(0, comma);
    const auto dash = std::min(part.find('-'), part.size());
    const auto from = three_digits(part.substr(0, dash));
    const auto to = dash == part.size() ? from : three_digits(part.substr(dash + 1));
    if (!from || !to || *from > *to) return {};
    ranges.push_back({*from, *to});
    if (comma == text.size()) return ranges;
    text.remove_prefix(comma + 1);
  }
}

bool passed(const HealthPolicy& policy, const HealthObservation& seen) {
  using Kind = HealthObservation::Kind;
  if (seen.kind == Kind::kConnected) return true;
  return seen.kind == Kind::kStatus && code_matches(policy.matcher, seen.status);
}

void explain_failure(TargetHealth& health, const HealthObservation& seen) {
  using Kind = HealthObservation::Kind;
  switch (seen.kind) {
    case Kind::kStatus:
      health.reason = "Target.ResponseCodeMismatch";
      health.description = fmt::format("Health checks failed with these codes: [{}]", seen.status);
      return;
    case Kind::kTimedOut:
      health.reason = "Target.Timeout";
      health.description = "Request timed out";
      return;
    default:
      health.reason = "Target.FailedHealthChecks";
      health.description = "Health checks failed";
  }
}

TargetHealth made(TargetState state, std::string reason, std::string description) {
  return {state, std::move(reason), std::move(description), 0, 0};
}

}  // namespace

std::string_view state_text(TargetState state) {
  switch (state) {
    case TargetState::kInitial:
      return "initial";
    case TargetState::kHealthy:
      return "healthy";
    case TargetState::kUnhealthy:
      return "unhealthy";
    case TargetState::kUnused:
      return "unused";
    case TargetState::kDraining:
      return "draining";
  }
  return "unavailable";
}

TargetHealth registered_target(bool in_use) {
  if (in_use) {
    return made(TargetState::kInitial, "Elb.RegistrationInProgress",
                "Target registration is in progress");
  }
  return made(TargetState::kUnused, "Target.NotInUse",
              "Target group is not configured to receive traffic from the load balancer");
}

TargetHealth unregistered_target() {
  return made(TargetState::kUnused, "Target.NotRegistered",
              "Target is not registered to the target group");
}

TargetHealth use_changed(TargetHealth health, bool in_use) {
  if (health.state == TargetState::kDraining) return health;
  if (in_use == (health.state != TargetState::kUnused)) return health;
  return registered_target(in_use);
}

TargetHealth checking(TargetHealth health) {
  if (health.state != TargetState::kInitial) return health;
  health.reason = "Elb.InitialHealthChecking";
  health.description = "Initial health checks in progress";
  return health;
}

// A new target needs one success, an unhealthy one the threshold.
// guess: a new target fails after the unhealthy threshold, as a healthy one does.
TargetHealth observed(TargetHealth health, const HealthPolicy& policy,
                      const HealthObservation& seen) {
  if (health.state == TargetState::kUnused || health.state == TargetState::kDraining) return health;
  if (passed(policy, seen)) {
    health.failures = 0;
    const int needed = health.state == TargetState::kUnhealthy ? policy.healthy_threshold : 1;
    health.successes = std::min(health.successes + 1, needed);
    if (health.successes < needed) return health;
    return made(TargetState::kHealthy, "", "");
  }
  health.successes = 0;
  health.failures = std::min(health.failures + 1, policy.unhealthy_threshold);
  if (health.failures >= policy.unhealthy_threshold) health.state = TargetState::kUnhealthy;
  if (health.state == TargetState::kUnhealthy) explain_failure(health, seen);
  return health;
}

TargetHealth draining(TargetHealth) {
  return made(TargetState::kDraining, "Target.DeregistrationInProgress",
              "Target deregistration is in progress");
}

std::vector<bool> routed(const std::vector<TargetState>& targets) {
  const bool any_healthy = std::ranges::count(targets, TargetState::kHealthy) > 0;
  const auto wanted = any_healthy ? TargetState::kHealthy : TargetState::kUnhealthy;
  std::vector<bool> result;
  for (const auto state : targets) result.push_back(state == wanted);
  return result;
}

bool code_matches(std::string_view matcher, int status) {
  const auto ranges = parse_matcher(matcher);
  return ranges && std::ranges::any_of(*ranges, [&](const CodeRange& range) {
           return range.from <= status && status <= range.to;
         });
}

std::optional<std::string> matcher_problem(std::string_view matcher, int highest) {
  const auto ranges = parse_matcher(matcher);
  const bool good = ranges && std::ranges::all_of(*ranges, [&](const CodeRange& range) {
                      return range.from >= kLowestCode && range.to <= highest;
                    });
  if (good) return {};
  return fmt::format("Health check matcher HTTP code '{}' must be within '{}-{}' inclusive",
                     matcher, kLowestCode, highest);
}

}  // namespace seatrial::decide

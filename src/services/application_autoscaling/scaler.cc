#include "services/application_autoscaling/scaler.h"

#include "base/log.h"
#include "services/application_autoscaling/errors.h"

namespace seatrial::services::application_autoscaling {
namespace {

constexpr std::string_view kPending =
    "Successfully set desired count to {}. Waiting for change to be fulfilled by ecs.";
constexpr std::string_view kFulfilled =
    "Successfully set desired count to {}. Change successfully fulfilled by ecs.";
constexpr const char *kInProgress = "InProgress", *kSuccessful = "Successful",
                     *kOverridden = "Overridden", *kUnfulfilled = "Unfulfilled",
                     *kFailed = "Failed";

// The count of "Setting desired count to 2."
int count_of(const shape::ScalingActivity& activity) {
  const auto space = activity.Description.rfind(' ');
  return std::atoi(activity.Description.c_str() + space + 1);
}

decide::Adjustment adjustment_of(const std::optional<std::string>& type) {
  if (type == "PercentChangeInCapacity") return decide::Adjustment::kPercent;
  return type == "ExactCapacity" ? decide::Adjustment::kExact : decide::Adjustment::kChange;
}

}  // namespace

decide::StepPolicy step_policy_of(const shape::StepScalingPolicyConfiguration& given) {
  decide::StepPolicy out;
  out.type = adjustment_of(given.AdjustmentType);
  out.min_magnitude = given.MinAdjustmentMagnitude.value_or(0);
  for (const auto& step : given.StepAdjustments)
    out.steps.push_back(
        {step.MetricIntervalLowerBound, step.MetricIntervalUpperBound, step.ScalingAdjustment});
  return out;
}

void Scaler::start() {
  *running_ = true;
  follow();
}

room::Outcome<void> Scaler::execute(const cloudwatch::AlarmActionRequest& request) {
  const PolicyRecord* policy = nullptr;
  for (const auto& [key, record] : tables_.policies.with_prefix(request.region + "/"))
    if (record.policy.PolicyARN == request.action) policy = &record;
  if (policy == nullptr)
    return object_not_found("No scaling policy found for the ARN " + request.action);
  if (request.state == "INSUFFICIENT_DATA") return {};
  const auto* target = tables_.targets.find(policy->target_key());
  const auto name = parse_resource(policy->policy.ResourceId);
  const auto counts =
      name ? parts_.services.counts(request.region, name->cluster, name->service) : std::nullopt;
  if (target == nullptr || !counts)
    return object_not_found("ECS service doesn't exist: " + policy->policy.ResourceId);
  const bool scales_in = policy->tracks() && request.alarm_name == policy->low_alarm;
  const auto wish = wish_of(*policy, *target, *counts, request.alarm_name, scales_in);
  if (!wish) return {};
  const auto& suspended = target->target.SuspendedState;
  const decide::ScalingQuestion question{
      counts->desired,
      // The alarm says which way a tracking policy may go.
      policy->tracks() && !scales_in ? std::max(wish->capacity, counts->desired) : wish->capacity,
      wish->may_in, counts->deploying, target->target.MinCapacity, target->target.MaxCapacity,
      suspended && suspended->DynamicScalingOutSuspended.value_or(false),
      suspended && suspended->DynamicScalingInSuspended.value_or(false), wish->out_cooldown_s,
      wish->in_cooldown_s};
  const auto verdict = decide::decide_scaling(question, target->cooldowns(), env_.clock.now());
  if (!verdict.capacity) return {};
  TargetRecord changed = *target;
  changed.out_until = verdict.next.out_until;
  changed.in_until = verdict.next.in_until;
  changed.out_base = verdict.next.out_base;
  const std::string cause =
      fmt::format("monitor alarm {} in state {} triggered policy {}", request.alarm_name,
                  request.state, policy->policy.PolicyName);
  const std::string key = changed.key();
  tables_.targets.put(key, changed);
  set_capacity(changed, *verdict.capacity, cause);
  return {};
}

std::optional<Scaler::Wish> Scaler::wish_of(const PolicyRecord& policy, const TargetRecord& target,
                                            const ecs::ServiceCounts& counts,
                                            const std::string& alarm, bool scales_in) {
  const auto reading = parts_.alarms.reading(policy.region, alarm);
  if (!reading || !reading->value) return std::nullopt;
  const Time now = env_.clock.now();
  Wish wish;
  if (!policy.tracks()) {
    const auto& configuration = *policy.policy.StepScalingPolicyConfiguration;
    const auto capacity =
        decide::step_wish(step_policy_of(configuration), reading->threshold, *reading->value,
                          decide::capacity_base(target.cooldowns(), counts.desired, now));
    if (!capacity) return std::nullopt;
    wish.capacity = *capacity;
    wish.out_cooldown_s = wish.in_cooldown_s = configuration.Cooldown.value_or(kDefaultCooldown);
    return wish;
  }
  const auto& configuration = *policy.policy.TargetTrackingScalingPolicyConfiguration;
  const int from =
      scales_in ? counts.running : decide::capacity_base(target.cooldowns(), counts.running, now);
  wish.capacity = decide::tracking_wish(configuration.TargetValue, *reading->value, from);
  wish.out_cooldown_s = configuration.ScaleOutCooldown.value_or(kDefaultCooldown);
  wish.in_cooldown_s = configuration.ScaleInCooldown.value_or(kDefaultCooldown);
  if (scales_in) wish.may_in = others_scale_in(policy, counts.running, wish.capacity);
  return wish;
}

// In only if every tracking policy of the target that scales in wants it; then to the largest of
// what they wish.
bool Scaler::others_scale_in(const PolicyRecord& policy, int running, int& capacity) {
  for (const auto& [key, other] : tables_.policies.with_prefix(policy.target_key() + "/")) {
    if (!other.tracks() || other.policy.PolicyARN == policy.policy.PolicyARN) continue;
    const auto& configuration = *other.policy.TargetTrackingScalingPolicyConfiguration;
    if (configuration.DisableScaleIn.value_or(false)) continue;
    const auto reading = parts_.alarms.reading(other.region, other.low_alarm);
    if (!reading || !reading->in_alarm || !reading->value) return false;
    capacity = std::max(capacity,
                        decide::tracking_wish(configuration.TargetValue, *reading->value, running));
  }
  return true;
}

void Scaler::set_capacity(const TargetRecord& target, int capacity, const std::string& cause) {
  const Time now = env_.clock.now();
  const auto name = parse_resource(target.target.ResourceId);
  if (!name || !parts_.services.set_desired(target.region, name->cluster, name->service, capacity))
    return;
  std::vector<std::string> old;
  for (const auto& [key, activity] : tables_.activities.with_prefix(target.key() + "/")) {
    if (activity.StartTime + kKept <= now) old.push_back(key);
    if (activity.StatusCode != kInProgress) continue;
    shape::ScalingActivity changed = activity;
    changed.StatusCode = kOverridden;
    changed.EndTime = now;
    tables_.activities.put(key, std::move(changed));
  }
  for (const auto& key : old) tables_.activities.erase(key);
  shape::ScalingActivity activity;
  activity.Description = fmt::format("Setting desired count to {}.", capacity);
  activity.Cause = cause;
  activity.StatusCode = kInProgress;
  activity.StatusMessage = fmt::format(fmt::runtime(kPending), capacity);
  note(target, std::move(activity));
}

void Scaler::note(const TargetRecord& target, shape::ScalingActivity activity) {
  const Time now = env_.clock.now();
  activity.ActivityId = env_.rng.uuid();
  activity.ServiceNamespace = kNamespace;
  activity.ResourceId = target.target.ResourceId;
  activity.ScalableDimension = kDimension;
  activity.StartTime = now;
  tables_.activities.put(fmt::format("{}/{:013d}-{:08d}", target.key(), to_ms(now), ++numbers_),
                         std::move(activity));
}

// "If it's below the minimum capacity or above the maximum capacity, Application Auto Scaling
// adjusts the capacity of the scalable target to place it within these bounds":
// API_RegisterScalableTarget.
void Scaler::bring_into_bounds(const TargetRecord& record) {
  const auto name = parse_resource(record.target.ResourceId);
  const auto counts = parts_.services.counts(record.region, name->cluster, name->service);
  if (!counts) return;
  const int min = record.target.MinCapacity, max = record.target.MaxCapacity;
  if (counts->desired < min)
    set_capacity(record, min, "minimum capacity was set to " + std::to_string(min));
  if (counts->desired > max)
    set_capacity(record, max, "maximum capacity was set to " + std::to_string(max));
}

void Scaler::note_bounds(const TargetRecord& target, int min, int max, const std::string& cause,
                         const std::string& problem) {
  shape::ScalingActivity activity;
  activity.Description = fmt::format("Setting min capacity to {} and max capacity to {}", min, max);
  activity.Cause = cause;
  activity.StatusCode = problem.empty() ? kSuccessful : kFailed;
  activity.StatusMessage =
      problem.empty()
          ? fmt::format("Successfully set min capacity to {} and max capacity to {}", min, max)
          : "Failed to set the capacity bounds: " + problem;  // guess: the words
  activity.EndTime = env_.clock.now();
  note(target, std::move(activity));
}

void Scaler::follow() {
  std::vector<std::pair<std::string, shape::ScalingActivity>> open;
  for (const auto& [key, activity] : tables_.activities)
    if (activity.StatusCode == kInProgress) open.emplace_back(key, activity);
  for (const auto& [key, activity] : open) follow_activity(key, activity);
  if (!open.empty()) env_.store.commit(nullptr);
  env_.control.post_after(kFollow, [this, running = running_] {
    if (*running) follow();
  });
}

void Scaler::follow_activity(const std::string& key, const shape::ScalingActivity& activity) {
  const Time now = env_.clock.now();
  const int wanted = count_of(activity);
  const auto name = parse_resource(activity.ResourceId);
  const auto counts =
      parts_.services.counts(key.substr(0, key.find('/')), name->cluster, name->service);
  shape::ScalingActivity changed = activity;
  if (counts && counts->running == wanted) {
    changed.StatusCode = kSuccessful;
    changed.StatusMessage = fmt::format(fmt::runtime(kFulfilled), wanted);
  } else if (!counts || counts->desired != wanted) {
    changed.StatusCode = kOverridden;
  } else if (activity.StartTime + kGiveUp <= now) {
    changed.StatusCode = kUnfulfilled;
  } else {
    return;
  }
  changed.EndTime = now;
  tables_.activities.put(key, std::move(changed));
}

}  // namespace seatrial::services::application_autoscaling

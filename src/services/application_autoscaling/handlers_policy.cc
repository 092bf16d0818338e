// Scaling policies and the alarms that target tracking ones keep. Source: API_PutScalingPolicy.
#include <algorithm>

#include "services/application_autoscaling/errors.h"
#include "services/application_autoscaling/paging.h"
#include "services/application_autoscaling/service.h"
#include "services/application_autoscaling/tracking_alarms.h"

namespace seatrial::services::application_autoscaling {

using room::Outcome;

namespace {

constexpr const char *kStep = "StepScaling", *kTracking = "TargetTrackingScaling";

Outcome<void> check_step(const std::optional<shape::StepScalingPolicyConfiguration>& given) {
  if (!given) return validation("StepScalingPolicyConfiguration is required for StepScaling");
  if (!given->AdjustmentType) return validation("AdjustmentType is required");
  if (given->StepAdjustments.size() > kMaxSteps)
    return room::fail("LimitExceededException", "A policy can have at most 20 step adjustments.");
  if (given->MetricAggregationType.value_or("Average") != "Average")
    return not_served("MetricAggregationType " + *given->MetricAggregationType);
  if (given->MinAdjustmentMagnitude && *given->AdjustmentType != "PercentChangeInCapacity")
    return validation("MinAdjustmentMagnitude is for PercentChangeInCapacity only");
  if (auto problem = decide::step_problem(step_policy_of(*given).steps); !problem.empty())
    return validation("StepAdjustments: " + problem);  // guess: the words
  return {};
}

Outcome<void> check_tracking(
    const std::optional<shape::TargetTrackingScalingPolicyConfiguration>& given) {
  if (!given)
    return validation(
        "TargetTrackingScalingPolicyConfiguration is required for TargetTrackingScaling");
  if (!(given->TargetValue > 0)) return validation("TargetValue must be greater than 0");
  if (auto problem = metric_problem(*given); !problem.empty()) return validation(problem);
  return {};
}

Outcome<void> check_policy(const shape::PutScalingPolicyRequest& request, const std::string& type) {
  if (request.PredictiveScalingPolicyConfiguration || type == "PredictiveScaling")
    return not_served("PredictiveScaling");
  const bool step = type == kStep;
  if ((step && request.TargetTrackingScalingPolicyConfiguration) ||
      (!step && request.StepScalingPolicyConfiguration))
    return validation("The configuration is not of the policy type " + type);
  return step ? check_step(request.StepScalingPolicyConfiguration)
              : check_tracking(request.TargetTrackingScalingPolicyConfiguration);
}

}  // namespace

// The high alarm, and the low one unless scaling in is disabled.
Outcome<void> ApplicationAutoscaling::put_alarms(Context& context, PolicyRecord& record) {
  const auto& configuration = *record.policy.TargetTrackingScalingPolicyConfiguration;
  const auto name = parse_resource(record.policy.ResourceId);
  const auto make_name = [&](std::string& to, const char* which) {
    if (to.empty()) to = alarm_name(record.policy.ResourceId, which, env_.rng.uuid());
  };
  make_name(record.high_alarm, "AlarmHigh");
  make_name(record.low_alarm, "AlarmLow");
  const auto pair = tracking_alarms(record, *name);
  record.policy.Alarms.clear();
  const auto put = [&](const Value& alarm) -> Outcome<void> {
    if (auto done = parts_.alarms.put_alarm(context, alarm); !done) return done;
    const std::string alarm_name(text_member(alarm, "AlarmName"));
    record.policy.Alarms.push_back(
        {alarm_name, context.arn("cloudwatch", "alarm:" + alarm_name).text()});
    return {};
  };
  if (auto done = put(pair.high); !done) return done;
  if (!configuration.DisableScaleIn.value_or(false)) return put(pair.low);
  parts_.alarms.delete_alarms(context, {record.low_alarm});  // guess: AWS makes none then
  return {};
}

Outcome<shape::PutScalingPolicyResponse> ApplicationAutoscaling::put_policy(
    Context& context, const shape::PutScalingPolicyRequest& request) {
  const auto found =
      target(context, request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
  if (!found) return std::unexpected(found.error());
  const std::string key = (*found)->key() + "/" + request.PolicyName;
  const auto* known = tables_.policies.find(key);
  const std::string type =
      request.PolicyType.value_or(known != nullptr ? known->policy.PolicyType : kStep);
  if (auto ok = check_policy(request, type); !ok) return std::unexpected(ok.error());
  if (known != nullptr && known->policy.PolicyType != type)
    return validation("The type of a scaling policy cannot be changed");  // guess: the words
  PolicyRecord record;
  if (known != nullptr) record = *known;
  auto& policy = record.policy;
  if (known == nullptr) {
    const auto of_target = tables_.policies.with_prefix((*found)->key() + "/");
    if (static_cast<std::size_t>(std::ranges::distance(of_target)) >= kMaxPolicies)
      return room::fail("LimitExceededException", "A target can have at most 50 policies.");
    record.region = context.region;
    policy.PolicyName = request.PolicyName;
    policy.ServiceNamespace = kNamespace;
    policy.ResourceId = request.ResourceId;
    policy.ScalableDimension = kDimension;
    policy.CreationTime = context.now;
    policy.PolicyType = type;
    policy.PolicyARN =
        context
            .arn("autoscaling",
                 fmt::format("scalingPolicy:{}:resource/{}/{}:policyName/{}", env_.rng.uuid(),
                             kNamespace, request.ResourceId, request.PolicyName))
            .text();
  }
  policy.StepScalingPolicyConfiguration = request.StepScalingPolicyConfiguration;
  policy.TargetTrackingScalingPolicyConfiguration =
      request.TargetTrackingScalingPolicyConfiguration;
  if (type == kTracking)
    if (auto ok = put_alarms(context, record); !ok) return std::unexpected(ok.error());
  shape::PutScalingPolicyResponse reply;
  reply.PolicyARN = policy.PolicyARN;
  reply.Alarms = policy.Alarms;
  reply.Alarms.given = true;
  tables_.policies.put(key, std::move(record));
  return reply;
}

void ApplicationAutoscaling::drop_policy(Context& context, const PolicyRecord& record) {
  const std::string key = record.key();
  if (record.tracks()) parts_.alarms.delete_alarms(context, {record.high_alarm, record.low_alarm});
  tables_.policies.erase(key);
}

Outcome<shape::DeleteScalingPolicyResponse> ApplicationAutoscaling::delete_policy(
    Context& context, const shape::DeleteScalingPolicyRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
      !ok)
    return std::unexpected(ok.error());
  const auto* found =
      tables_.policies.find(context.key(request.ResourceId) + "/" + request.PolicyName);
  if (found == nullptr)
    return object_not_found(fmt::format(
        "No scaling policy found for service namespace: {}, resource ID: {}, scalable dimension: "
        "{}, policy name: {}",
        request.ServiceNamespace, request.ResourceId, request.ScalableDimension,
        request.PolicyName));
  drop_policy(context, PolicyRecord(*found));
  return shape::DeleteScalingPolicyResponse{};
}

Outcome<shape::DescribeScalingPoliciesResponse> ApplicationAutoscaling::describe_policies(
    Context& context, const shape::DescribeScalingPoliciesRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
      !ok)
    return std::unexpected(ok.error());
  shape::DescribeScalingPoliciesResponse reply;
  reply.ScalingPolicies.given = true;
  const auto wanted = [&](const PolicyRecord& record) {
    return (!request.ResourceId || record.policy.ResourceId == *request.ResourceId) &&
           (request.PolicyNames.empty() ||
            std::ranges::any_of(request.PolicyNames, [&](const std::string& name) {
              return name == record.policy.PolicyName || name == record.policy.PolicyARN;
            }));
  };
  // Of a step policy those that others have given it as an action.
  const auto take = [&](const PolicyRecord& record) {
    auto shown = record.policy;
    if (!record.tracks())
      for (const auto& name : parts_.alarms.alarms_acting(record.region, shown.PolicyARN))
        shown.Alarms.push_back({name, context.arn("cloudwatch", "alarm:" + name).text()});
    shown.Alarms.given = true;
    reply.ScalingPolicies.push_back(std::move(shown));
  };
  constexpr std::size_t kPoliciesPage = 10;  // the operation's page
  auto next = take_page(tables_.policies.with_prefix(context.region + "/"), request.NextToken,
                        request.MaxResults, kPoliciesPage, wanted, take);
  if (!next) return std::unexpected(next.error());
  reply.NextToken = *next;
  return reply;
}

}  // namespace seatrial::services::application_autoscaling

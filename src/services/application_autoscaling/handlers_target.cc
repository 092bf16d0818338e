// Scalable targets. Source: API_RegisterScalableTarget.
#include <algorithm>

#include "services/application_autoscaling/errors.h"
#include "services/application_autoscaling/paging.h"
#include "services/application_autoscaling/service.h"

namespace seatrial::services::application_autoscaling {

using room::Outcome;

namespace {

constexpr std::size_t kIdDigits = 34;

std::string linked_role(const std::string& account) {
  return "arn:aws:iam::" + account +
         ":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
         "AWSServiceRoleForApplicationAutoScaling_ECSService";
}

}  // namespace

Outcome<shape::RegisterScalableTargetResponse> ApplicationAutoscaling::register_target(
    Context& context, const shape::RegisterScalableTargetRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
      !ok)
    return std::unexpected(ok.error());
  if (!request.Tags.empty()) return not_served("Tags of scalable targets");
  const auto name = parse_resource(request.ResourceId);
  if (!parts_.services.counts(context.region, name->cluster, name->service))
    return validation("ECS service doesn't exist: " + request.ResourceId);
  const auto* known = tables_.targets.find(context.key(request.ResourceId));
  TargetRecord record;
  if (known != nullptr) record = *known;
  if (known == nullptr) {
    if (!request.MinCapacity || !request.MaxCapacity)  // guess: the words
      return validation("MinCapacity and MaxCapacity are required to register a scalable target");
    if (tables_.targets.size() >= kMaxTargets)
      return room::fail("LimitExceededException",
                        "You have reached the limit of scalable targets.");
    record.region = context.region;
    record.target.ServiceNamespace = kNamespace;
    record.target.ScalableDimension = kDimension;
    record.target.ResourceId = request.ResourceId;
    record.target.CreationTime = context.now;
    record.target.RoleARN = linked_role(context.account);
    record.target.ScalableTargetARN =
        context.arn("application-autoscaling", "scalable-target/" + env_.rng.hex(kIdDigits)).text();
    record.target.SuspendedState = shape::SuspendedState{false, false, false};
  }
  if (request.MinCapacity) record.target.MinCapacity = *request.MinCapacity;
  if (request.MaxCapacity) record.target.MaxCapacity = *request.MaxCapacity;
  if (record.target.MinCapacity < 0 || record.target.MaxCapacity < record.target.MinCapacity)
    return validation("Maximum capacity cannot be less than minimum capacity");  // guess: the words
  if (const auto& given = request.SuspendedState) {
    auto& kept = *record.target.SuspendedState;
    const auto take = [](auto& to, const auto& from) {
      if (from) to = from;
    };
    take(kept.DynamicScalingInSuspended, given->DynamicScalingInSuspended);
    take(kept.DynamicScalingOutSuspended, given->DynamicScalingOutSuspended);
    take(kept.ScheduledScalingSuspended, given->ScheduledScalingSuspended);
  }
  const auto& stored = tables_.targets.put(record.key(), record);
  scaler_.bring_into_bounds(stored);
  shape::RegisterScalableTargetResponse reply;
  reply.ScalableTargetARN = stored.target.ScalableTargetARN;
  return reply;
}

Outcome<shape::DeregisterScalableTargetResponse> ApplicationAutoscaling::deregister_target(
    Context& context, const shape::DeregisterScalableTargetRequest& request) {
  const auto found =
      target(context, request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
  if (!found) return std::unexpected(found.error());
  const std::string key = (*found)->key();
  std::vector<PolicyRecord> policies;
  for (const auto& [name, policy] : tables_.policies.with_prefix(key + "/"))
    policies.push_back(policy);
  for (const auto& policy : policies) drop_policy(context, policy);
  std::vector<std::string> scheduled;
  for (const auto& [name, action] : tables_.scheduled.with_prefix(key + "/"))
    scheduled.push_back(name);
  for (const auto& name : scheduled) tables_.scheduled.erase(name);
  tables_.targets.erase(key);
  return shape::DeregisterScalableTargetResponse{};
}

Outcome<shape::DescribeScalableTargetsResponse> ApplicationAutoscaling::describe_targets(
    Context& context, const shape::DescribeScalableTargetsRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, std::nullopt, request.ScalableDimension); !ok)
    return std::unexpected(ok.error());
  if (request.ScalableDimension && request.ResourceIds.empty())
    return validation("ResourceIds must be given with ScalableDimension");  // guess: the words
  shape::DescribeScalableTargetsResponse reply;
  reply.ScalableTargets.given = true;
  const auto wanted = [&](const TargetRecord& record) {
    return request.ResourceIds.empty() ||
           std::ranges::find(request.ResourceIds, record.target.ResourceId) !=
               request.ResourceIds.end();
  };
  auto next = take_page(tables_.targets.with_prefix(context.region + "/"), request.NextToken,
                        request.MaxResults, kPage, wanted, [&](const TargetRecord& record) {
                          reply.ScalableTargets.push_back(record.target);
                        });
  if (!next) return std::unexpected(next.error());
  reply.NextToken = *next;
  return reply;
}

}  // namespace seatrial::services::application_autoscaling

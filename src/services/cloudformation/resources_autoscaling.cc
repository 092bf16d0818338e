// AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy. Registering and putting again is
// the update. Source: the types' pages in the CloudFormation resource reference.
#include <set>

#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

constexpr const char* kService = "application-autoscaling";

// What identifies a target, in the order in which Ref shows it.
constexpr std::string_view kIdentity[] = {"ResourceId", "ScalableDimension", "ServiceNamespace"};

std::string target_id(const Value& properties) {
  std::string id;
  for (const auto name : kIdentity) id += (id.empty() ? "" : "|") + text_of(properties, name);
  return id;
}

// A policy names its target by its id, or by the three properties themselves.
Attempt<Object> target_of(const Value& properties) {
  Object out;
  for (const auto name : kIdentity) out[name] = text_of(properties, name);
  const std::string id = text_of(properties, "ScalingTargetId");
  if (id.empty()) return out;
  const auto first = id.find('|'), second = id.rfind('|');
  if (first == std::string::npos || first == second)
    return refuse("InvalidRequest", "ScalingTargetId " + id + " is not that of a target");
  out["ResourceId"] = id.substr(0, first);
  out["ScalableDimension"] = id.substr(first + 1, second - first - 1);
  out["ServiceNamespace"] = id.substr(second + 1);
  return out;
}

// ScheduledActions are operations of their own: each is put, and those of `before` that are not
// there any more are deleted.
Attempt<void> put_schedules(ApiCaller& api, const Value& before, const Value& after) {
  std::set<std::string> kept;
  for (const Value& action : list_of(after, "ScheduledActions")) {
    auto input = map_properties({kService, "PutScheduledAction", {}, {}}, action);
    if (!input) return std::unexpected(input.error());
    for (const auto name : kIdentity) input->get_object()[name] = text_of(after, name);
    auto reply = api.call(kService, "PutScheduledAction", std::move(*input));
    if (!reply) return std::unexpected(reply.error());
    kept.insert(text_of(action, "ScheduledActionName"));
  }
  for (const Value& action : list_of(before, "ScheduledActions")) {
    const auto action_name = text_of(action, "ScheduledActionName");
    if (kept.contains(action_name)) continue;
    Object input{{"ScheduledActionName", action_name}};
    for (const auto name : kIdentity) input[name] = text_of(after, name);
    if (auto done = api.erase(kService, "DeleteScheduledAction", std::move(input)); !done)
      return done;
  }
  return {};
}

Attempt<void> register_target(ApiCaller& api, const Value& before, const Value& properties) {
  auto input =
      map_properties({kService, "RegisterScalableTarget", {}, {"ScheduledActions"}}, properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kService, "RegisterScalableTarget", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return put_schedules(api, before, properties);
}

Attempt<std::optional<Physical>> find_target(ApiCaller& api, const Request& r) {
  auto reply = api.call(kService, "DescribeScalableTargets",
                        Object{{"ServiceNamespace", text_of(r.properties, "ServiceNamespace")},
                               {"ResourceIds", Array{Value(text_of(r.properties, "ResourceId"))}}});
  if (!reply) return std::unexpected(reply.error());
  if (list_of(*reply, "ScalableTargets").empty()) return std::nullopt;
  const std::string id = target_id(r.properties);
  return Physical{id, Object{{"Id", id}}};
}

Attempt<Physical> create_target(ApiCaller& api, const Request& r) {
  if (auto done = register_target(api, Value(), r.properties); !done)
    return std::unexpected(done.error());
  const std::string id = target_id(r.properties);
  return Physical{id, Object{{"Id", id}}};
}

Attempt<void> update_target(ApiCaller& api, const Physical&, const Value& before,
                            const Value& after) {
  return register_target(api, before, after);
}

Attempt<void> remove_target(ApiCaller& api, const Physical&, const Value& properties) {
  return api.erase(
      kService, "DeregisterScalableTarget",
      pick(properties, {"ResourceId", "ScalableDimension", "ServiceNamespace"}).get_object());
}

Attempt<std::string> put_policy(ApiCaller& api, const Value& properties) {
  auto target = target_of(properties);
  if (!target) return std::unexpected(target.error());
  auto input =
      map_properties({kService,
                      "PutScalingPolicy",
                      {},
                      {"ScalingTargetId", "ResourceId", "ScalableDimension", "ServiceNamespace"}},
                     properties);
  if (!input) return std::unexpected(input.error());
  for (auto& member : *target) input->get_object()[member.key()] = member.value();
  auto reply = api.call(kService, "PutScalingPolicy", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return text_of(*reply, "PolicyARN");
}

Attempt<Physical> create_scaling_policy(ApiCaller& api, const Request& r) {
  auto arn = put_policy(api, r.properties);
  if (!arn) return std::unexpected(arn.error());
  return Physical{*arn, Object{{"Arn", *arn}}};
}

Attempt<void> update_scaling_policy(ApiCaller& api, const Physical&, const Value&,
                                    const Value& after) {
  if (auto put = put_policy(api, after); !put) return std::unexpected(put.error());
  return {};
}

Attempt<void> remove_scaling_policy(ApiCaller& api, const Physical&, const Value& properties) {
  auto input = target_of(properties);
  if (!input) return std::unexpected(input.error());
  (*input)["PolicyName"] = text_of(properties, "PolicyName");
  return api.erase(kService, "DeleteScalingPolicy", std::move(*input));
}

}  // namespace

std::vector<ResourceType> autoscaling_types() {
  ResourceType target{
      .name = "AWS::ApplicationAutoScaling::ScalableTarget",
      .properties = {"MaxCapacity", "MinCapacity", "ResourceId", "RoleARN", "ScalableDimension",
                     "ScheduledActions", "ServiceNamespace", "SuspendedState"},
      .required = {"MaxCapacity", "MinCapacity", "ResourceId", "ScalableDimension",
                   "ServiceNamespace"},
      .find = find_target,
      .create = create_target,
      .update = update_target,
      .remove = remove_target};
  ResourceType policy{
      .name = "AWS::ApplicationAutoScaling::ScalingPolicy",
      .properties = {"PolicyName", "PolicyType", "ResourceId", "ScalableDimension",
                     "ScalingTargetId", "ServiceNamespace", "StepScalingPolicyConfiguration",
                     "TargetTrackingScalingPolicyConfiguration"},
      .required = {"PolicyName", "PolicyType"},
      .create = create_scaling_policy,
      .update = update_scaling_policy,
      .remove = remove_scaling_policy};
  return {target, policy};
}

}  // namespace seatrial::services::cloudformation

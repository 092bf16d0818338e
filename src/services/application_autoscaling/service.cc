#include "services/application_autoscaling/service.h"

#include "services/application_autoscaling/errors.h"

namespace seatrial::services::application_autoscaling {

ApplicationAutoscaling::ApplicationAutoscaling(room::Env& env, Parts parts)
    : Room(env, "application-autoscaling"),
      tables_(env.store),
      parts_(parts),
      scaler_(env, tables_, parts),
      scheduled_(env, tables_, scaler_) {
  using Self = ApplicationAutoscaling;
  serve<shape::RegisterScalableTargetOp>(&Self::register_target);
  serve<shape::DeregisterScalableTargetOp>(&Self::deregister_target);
  serve<shape::DescribeScalableTargetsOp>(&Self::describe_targets);
  serve<shape::PutScalingPolicyOp>(&Self::put_policy);
  serve<shape::DeleteScalingPolicyOp>(&Self::delete_policy);
  serve<shape::DescribeScalingPoliciesOp>(&Self::describe_policies);
  serve<shape::PutScheduledActionOp>(&Self::put_scheduled_action);
  serve<shape::DeleteScheduledActionOp>(&Self::delete_scheduled_action);
  serve<shape::DescribeScheduledActionsOp>(&Self::describe_scheduled_actions);
  serve<shape::DescribeScalingActivitiesOp>(&Self::describe_activities);
}

std::optional<ServiceName> parse_resource(const std::string& text) {
  constexpr std::string_view kPrefix = "service/";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const auto slash = text.find('/', kPrefix.size());
  if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos)
    return std::nullopt;
  ServiceName out{text.substr(kPrefix.size(), slash - kPrefix.size()), text.substr(slash + 1)};
  if (out.cluster.empty() || out.service.empty()) return std::nullopt;
  return out;
}

room::Outcome<void> check_kind(const std::string& service_namespace,
                               const std::optional<std::string>& resource_id,
                               const std::optional<std::string>& dimension) {
  if (service_namespace != kNamespace)
    return not_served("the service namespace " + service_namespace + " (it scales ecs)");
  if (dimension && *dimension != kDimension)
    return validation("Unsupported service namespace, resource type or scalable dimension");
  if (resource_id && !parse_resource(*resource_id))
    return validation("Unsupported service namespace, resource type or scalable dimension");
  return {};
}

room::Outcome<const TargetRecord*> ApplicationAutoscaling::target(
    const Context& context, const std::string& service_namespace, const std::string& resource_id,
    const std::string& dimension) const {
  if (auto ok = check_kind(service_namespace, resource_id, dimension); !ok)
    return std::unexpected(ok.error());
  const auto* found = tables_.targets.find(context.key(resource_id));
  if (found != nullptr) return found;
  return object_not_found(
      fmt::format("No scalable target registered for service namespace: {}, resource ID: {}, "
                  "scalable dimension: {}",
                  service_namespace, resource_id, dimension));
}

}  // namespace seatrial::services::application_autoscaling

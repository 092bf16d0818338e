#include "services/ecs/service_rules.h"

#include <algorithm>

namespace seatrial::services::ecs {
namespace {

using Check = Outcome<void>;

constexpr std::size_t kMaxTargetGroups = 5;

Check check_deployment_features(const shape::DeploymentConfiguration& asked) {
  if (asked.deploymentCircuitBreaker && asked.deploymentCircuitBreaker->enable) {
    return unsupported("'deploymentCircuitBreaker' enabled");
  }
  if (asked.alarms && asked.alarms->enable) return unsupported("deployment 'alarms' enabled");
  if (asked.strategy.value_or("ROLLING") != "ROLLING") {
    return unsupported("Deployment strategy " + *asked.strategy);
  }
  if (asked.bakeTimeInMinutes.value_or(0) != 0) return unsupported("'bakeTimeInMinutes'");
  if (!asked.lifecycleHooks.empty()) return unsupported("'lifecycleHooks'");
  if (asked.linearConfiguration) return unsupported("'linearConfiguration'");
  if (asked.canaryConfiguration) return unsupported("'canaryConfiguration'");
  return {};
}

// The members that both requests have.
template <class Request>
Check check_common(const Request& r) {
  if (r.deploymentController && r.deploymentController->type != "ECS") {
    return unsupported("Deployment controller " + r.deploymentController->type);
  }
  if (r.serviceConnectConfiguration && r.serviceConnectConfiguration->enabled) {
    return unsupported("'serviceConnectConfiguration'");
  }
  if (!r.serviceRegistries.empty()) return unsupported("'serviceRegistries'");
  if (!r.placementConstraints.empty()) return unsupported("'placementConstraints'");
  if (!r.placementStrategy.empty()) return unsupported("'placementStrategy'");
  if (!r.volumeConfigurations.empty()) return unsupported("'volumeConfigurations'");
  if (!r.vpcLatticeConfigurations.empty()) return unsupported("'vpcLatticeConfigurations'");
  if (r.enableExecuteCommand.value_or(false)) return unsupported("'enableExecuteCommand'");
  if (r.availabilityZoneRebalancing == "ENABLED") {
    return unsupported("'availabilityZoneRebalancing' ENABLED");
  }
  if (r.desiredCount.value_or(0) < 0) return invalid_parameter("desiredCount cannot be negative.");
  if (r.healthCheckGracePeriodSeconds.value_or(0) < 0) {
    return invalid_parameter("healthCheckGracePeriodSeconds cannot be negative.");
  }
  if (r.deploymentConfiguration) {
    if (auto ok = check_deployment_features(*r.deploymentConfiguration); !ok) return ok;
  }
  return check_platform_version(r.platformVersion);
}

Check check_load_balancer(elbv2::TargetGroups& groups, const std::string& region,
                          const shape::LoadBalancer& balancer,
                          const shape::TaskDefinition& definition) {
  if (balancer.loadBalancerName) return unsupported("'loadBalancerName' (a Classic Load Balancer)");
  if (balancer.advancedConfiguration) return unsupported("'advancedConfiguration'");
  if (!balancer.targetGroupArn || !balancer.containerName || !balancer.containerPort) {
    return invalid_parameter(
        "A load balancer needs 'targetGroupArn', 'containerName' and 'containerPort'.");
  }
  const auto& all = definition.containerDefinitions;
  const auto container =
      std::ranges::find(all, balancer.containerName, &shape::ContainerDefinition::name);
  if (container == all.end()) {
    return invalid_parameter("The container " + *balancer.containerName +
                             " does not exist in the task definition.");
  }
  const auto& ports = container->portMappings;
  if (std::ranges::find(ports, balancer.containerPort, &shape::PortMapping::containerPort) ==
      ports.end()) {
    return invalid_parameter(
        fmt::format("The container {} did not have a container port {} defined.",
                    *balancer.containerName, *balancer.containerPort));
  }
  if (!groups.exists(region, *balancer.targetGroupArn)) {
    return invalid_parameter("The target group with targetGroupArn " + *balancer.targetGroupArn +
                             " does not exist.");
  }
  if (!groups.attached_to_load_balancer(region, *balancer.targetGroupArn)) {
    return invalid_parameter("The target group with targetGroupArn " + *balancer.targetGroupArn +
                             " does not have an associated load balancer.");
  }
  return {};
}

}  // namespace

Check check_platform_version(const std::optional<std::string>& version) {
  if (!version || *version == "LATEST" || *version == kPlatformVersion) return {};
  if (*version == "1.3.0") return unsupported("Platform version 1.3.0");
  return fail("PlatformUnknownException", "The specified platform version does not exist.");
}

Outcome<Launch> launch_of(const std::optional<std::string>& launch_type,
                          const std::vector<shape::CapacityProviderStrategyItem>& strategy,
                          const shape::Cluster& cluster) {
  if (launch_type && !strategy.empty()) {
    return invalid_parameter(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one "
        "and try again.");
  }
  if (launch_type && *launch_type != "FARGATE") return unsupported("Launch type " + *launch_type);
  if (launch_type) return Launch{.launch_type = launch_type};
  Launch launch{.strategy = strategy};
  if (strategy.empty()) launch.strategy = cluster.defaultCapacityProviderStrategy;
  if (launch.strategy.empty()) {
    return unsupported("Launch type EC2 (the default: give launchType FARGATE)");
  }
  for (const auto& item : launch.strategy) {
    if (item.capacityProvider == "FARGATE" || item.capacityProvider == "FARGATE_SPOT") continue;
    return invalid_parameter("The specified capacity provider was not found: " +
                             item.capacityProvider);
  }
  if (launch.strategy.size() > 1) return unsupported("A strategy of several capacity providers");
  return launch;
}

Check check_features(const shape::CreateServiceRequest& request) {
  if (request.schedulingStrategy.value_or("REPLICA") != "REPLICA") {
    return unsupported("Scheduling strategy " + *request.schedulingStrategy);
  }
  const auto legal = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (request.serviceName.empty() || request.serviceName.size() > 255 ||
      !std::ranges::all_of(request.serviceName, legal)) {
    return invalid_parameter("Service name contains invalid characters.");
  }
  if (request.healthCheckGracePeriodSeconds.value_or(0) > 0 && request.loadBalancers.empty()) {
    return invalid_parameter(
        "Health check grace period is only valid for services configured to use load balancers");
  }
  return check_common(request);
}

Check check_features(const shape::UpdateServiceRequest& request) { return check_common(request); }

Outcome<shape::DeploymentConfiguration> merged_configuration(
    const std::optional<shape::DeploymentConfiguration>& asked,
    const std::optional<shape::DeploymentConfiguration>& present) {
  shape::DeploymentConfiguration merged = present.value_or(shape::DeploymentConfiguration{});
  if (asked) {
    if (asked->maximumPercent) merged.maximumPercent = asked->maximumPercent;
    if (asked->minimumHealthyPercent) merged.minimumHealthyPercent = asked->minimumHealthyPercent;
  }
  merged.deploymentCircuitBreaker = shape::DeploymentCircuitBreaker{};
  merged.strategy = "ROLLING";
  merged.bakeTimeInMinutes = 0;
  if (!merged.maximumPercent) merged.maximumPercent = 200;
  if (!merged.minimumHealthyPercent) merged.minimumHealthyPercent = 100;
  if (*merged.minimumHealthyPercent < 0 || *merged.minimumHealthyPercent > 100) {
    return invalid_parameter("minimumHealthyPercent must be between 0 and 100.");
  }
  if (*merged.maximumPercent < 100 || *merged.maximumPercent > 32'767) {
    return invalid_parameter("maximumPercent must be at least 100.");
  }
  if (merged.minimumHealthyPercent == 100 && merged.maximumPercent == 100) {
    return invalid_parameter(
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
        "deployments.");
  }
  return merged;
}

Check check_load_balancers(elbv2::TargetGroups& groups, const std::string& region,
                           const std::vector<shape::LoadBalancer>& balancers,
                           const shape::TaskDefinition& definition) {
  if (balancers.size() > kMaxTargetGroups) {
    return invalid_parameter("load balancers can have at most 5 items.");
  }
  for (const auto& balancer : balancers) {
    if (auto ok = check_load_balancer(groups, region, balancer, definition); !ok) return ok;
  }
  return {};
}

}  // namespace seatrial::services::ecs

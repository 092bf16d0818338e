// What a service or a run task may ask for: AWS's rules, and a refusal of what is not done here
// (circuit breaker, other controllers, other launch types, service connect, ...).
#pragma once
#include "services/ecs/errors.h"
#include "services/ecs/parts.h"
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

// FARGATE by launch type or by capacity providers; never both.
struct Launch {
  std::optional<std::string> launch_type;
  std::vector<shape::CapacityProviderStrategyItem> strategy;
  std::optional<std::string> provider() const {
    return strategy.empty() ? std::nullopt : std::optional(strategy.front().capacityProvider);
  }
};
// From the request, else the cluster's default strategy.
Outcome<Launch> launch_of(const std::optional<std::string>& launch_type,
                          const std::vector<shape::CapacityProviderStrategyItem>& strategy,
                          const shape::Cluster& cluster);

Outcome<void> check_platform_version(const std::optional<std::string>& version);

Outcome<void> check_features(const shape::CreateServiceRequest& request);
Outcome<void> check_features(const shape::UpdateServiceRequest& request);

// What was asked for over what is there, with defaults.
Outcome<shape::DeploymentConfiguration> merged_configuration(
    const std::optional<shape::DeploymentConfiguration>& asked,
    const std::optional<shape::DeploymentConfiguration>& present);

// The target groups exist behind a load balancer, and the containers' ports are there.
Outcome<void> check_load_balancers(elbv2::TargetGroups& groups, const std::string& region,
                                   const std::vector<shape::LoadBalancer>& balancers,
                                   const shape::TaskDefinition& definition);

}  // namespace seatrial::services::ecs

// Services: create, update, delete, describe, list, and their deployments.
#include <algorithm>

#include "services/ecs/announcements.h"
#include "services/ecs/deployments.h"
#include "services/ecs/paging.h"
#include "services/ecs/service.h"
#include "services/ecs/service_rules.h"

namespace seatrial::services::ecs {
namespace {

constexpr std::size_t kMaxServicesDescribed = 10;
constexpr std::size_t kMaxDeploymentsDescribed = 20;
constexpr int kServicesPage = 10;

shape::Service new_service(const room::Context& context, const shape::CreateServiceRequest& request,
                           const std::string& cluster, const Launch& launch) {
  shape::Service service;
  service.serviceArn =
      context.arn("ecs", fmt::format("service/{}/{}", cluster, request.serviceName)).text();
  service.serviceName = request.serviceName;
  service.clusterArn = context.arn("ecs", "cluster/" + cluster).text();
  service.loadBalancers = request.loadBalancers;
  service.loadBalancers.given = service.serviceRegistries.given = true;
  service.status = status::kActive;
  service.desiredCount = request.desiredCount.value_or(0);
  service.launchType = launch.launch_type;
  service.capacityProviderStrategy = launch.strategy;
  service.capacityProviderStrategy.given = !launch.strategy.empty();
  service.platformVersion = "LATEST";
  service.platformFamily = "Linux";
  service.roleArn = Arn{"aws", "iam", "", context.account,
                        "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"}
                        .text();
  service.createdAt = context.now;
  service.createdBy = context.identity.arn;
  service.placementConstraints.given = service.placementStrategy.given = true;
  service.networkConfiguration = request.networkConfiguration;
  service.healthCheckGracePeriodSeconds = request.healthCheckGracePeriodSeconds.value_or(0);
  service.schedulingStrategy = "REPLICA";
  service.deploymentController = shape::DeploymentController{.type = "ECS"};
  service.tags = request.tags;
  service.enableECSManagedTags = request.enableECSManagedTags.value_or(false);
  service.propagateTags = request.propagateTags.value_or("NONE");
  service.enableExecuteCommand = false;
  service.availabilityZoneRebalancing = "DISABLED";
  return service;
}

void complete_network(std::optional<shape::NetworkConfiguration>& network) {
  if (!network || !network->awsvpcConfiguration) return;
  auto& vpc = *network->awsvpcConfiguration;
  if (!vpc.assignPublicIp) vpc.assignPublicIp = "DISABLED";
  vpc.securityGroups.given = true;
}

template <class T>
bool same(const T& a, const T& b) {
  return to_value(a) == to_value(b);
}

// Two optional network configurations, as the caller sees them.
bool same_network(const std::optional<shape::NetworkConfiguration>& a,
                  const std::optional<shape::NetworkConfiguration>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

shape::ServiceDeploymentBrief brief_of(const shape::ServiceDeployment& full) {
  shape::ServiceDeploymentBrief brief;
  brief.serviceDeploymentArn = full.serviceDeploymentArn;
  brief.serviceArn = full.serviceArn;
  brief.clusterArn = full.clusterArn;
  brief.startedAt = full.startedAt;
  brief.createdAt = full.createdAt;
  brief.finishedAt = full.finishedAt ? full.finishedAt : full.stoppedAt;
  brief.targetServiceRevisionArn = full.targetServiceRevision->arn;
  brief.status = full.status;
  brief.statusReason = full.statusReason;
  return brief;
}

bool within(const std::optional<shape::CreatedAt>& range, Time at) {
  if (!range) return true;
  return (!range->before || at < *range->before) && (!range->after || at > *range->after);
}

}  // namespace

Outcome<shape::CreateServiceResponse> Ecs::create_service(
    room::Context& context, const shape::CreateServiceRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  if (auto ok = check_features(request); !ok) return std::unexpected(ok.error());
  const std::string key = service_key(context.region, *cluster, request.serviceName);
  const std::string token = request.clientToken.value_or("");
  if (const auto* known = state_.services.find(key); known != nullptr && !known->inactive()) {
    if (!known->active()) {
      return invalid_parameter("Unable to Start a service that is still Draining.");
    }
    if (token.empty() || known->client_token != token) {
      return invalid_parameter("Creation of service was not idempotent.");
    }
    return shape::CreateServiceResponse{.service = visible(state_, key, *known, true)};
  }
  const auto definition = definition_for_use(context, request.taskDefinition.value_or(""));
  if (!definition) return std::unexpected(definition.error());
  auto launch = launch_of(request.launchType, request.capacityProviderStrategy,
                          *state_.clusters.find(context.key(*cluster)));
  if (!launch) return std::unexpected(launch.error());
  if (auto ok = check_network(context, request.networkConfiguration); !ok) {
    return std::unexpected(ok.error());
  }
  if (auto ok = check_load_balancers(parts_.targets, context.region, request.loadBalancers,
                                     (*definition)->definition);
      !ok) {
    return std::unexpected(ok.error());
  }
  auto configuration = merged_configuration(request.deploymentConfiguration, std::nullopt);
  if (!configuration) return std::unexpected(configuration.error());

  forget_service(state_, key);  // one that was deleted under the same name
  ServiceRecord record{.service = new_service(context, request, *cluster, *launch),
                       .cluster = *cluster,
                       .client_token = token};
  complete_network(record.service.networkConfiguration);
  record.service.deploymentConfiguration = std::move(*configuration);
  record.service.taskDefinition = (*definition)->definition.taskDefinitionArn;
  begin_deployment(state_, key, record, context.account, env_.rng, context.now);
  announce_deployment(parts_.bus, record, record.primary(), "IN_PROGRESS", context.now);
  const auto& stored = state_.services.put(key, std::move(record));
  wakes_.service(key);
  return shape::CreateServiceResponse{.service = visible(state_, key, stored, true)};
}

Outcome<bool> Ecs::apply_update(const room::Context& context,
                                const shape::UpdateServiceRequest& request, ServiceRecord& record) {
  shape::Service& service = record.service;
  bool replace = request.forceNewDeployment.value_or(false) || request.platformVersion.has_value();
  if (request.taskDefinition) {
    const auto definition = definition_for_use(context, *request.taskDefinition);
    if (!definition) return std::unexpected(definition.error());
    replace |= service.taskDefinition != (*definition)->definition.taskDefinitionArn;
    service.taskDefinition = (*definition)->definition.taskDefinitionArn;
  }
  if (request.networkConfiguration) {
    if (auto ok = check_network(context, request.networkConfiguration); !ok) {
      return std::unexpected(ok.error());
    }
    auto wanted = request.networkConfiguration;
    complete_network(wanted);
    replace |= !same_network(wanted, service.networkConfiguration);
    service.networkConfiguration = std::move(wanted);
  }
  if (!request.capacityProviderStrategy.empty()) {
    auto launch = launch_of(std::nullopt, request.capacityProviderStrategy,
                            *state_.clusters.find(context.key(record.cluster)));
    if (!launch) return std::unexpected(launch.error());
    service.capacityProviderStrategy = launch->strategy;
    service.launchType.reset();
    replace = true;
  }
  if (request.loadBalancers.given) {
    replace |= !same(request.loadBalancers, service.loadBalancers);
    service.loadBalancers = request.loadBalancers;
  }
  if (replace) {
    const auto* definition = state_.definition_of_arn(*service.taskDefinition);
    if (auto ok = check_load_balancers(parts_.targets, context.region, service.loadBalancers,
                                       definition->definition);
        !ok) {
      return std::unexpected(ok.error());
    }
  }
  auto merged =
      merged_configuration(request.deploymentConfiguration, service.deploymentConfiguration);
  if (!merged) return std::unexpected(merged.error());
  service.deploymentConfiguration = std::move(*merged);
  return replace;
}

Outcome<shape::UpdateServiceResponse> Ecs::update_service(
    room::Context& context, const shape::UpdateServiceRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  const std::string key = service_key(context.region, *cluster, short_name(request.service));
  const auto* known = state_.services.find(key);
  if (known == nullptr) return service_not_found();
  if (!known->active()) return service_not_active();
  if (auto ok = check_features(request); !ok) return std::unexpected(ok.error());
  ServiceRecord record = *known;
  const auto replace = apply_update(context, request, record);
  if (!replace) return std::unexpected(replace.error());
  shape::Service& service = record.service;
  if (request.desiredCount) service.desiredCount = request.desiredCount;
  if (request.healthCheckGracePeriodSeconds) {
    service.healthCheckGracePeriodSeconds = request.healthCheckGracePeriodSeconds;
  }
  if (request.enableECSManagedTags) service.enableECSManagedTags = request.enableECSManagedTags;
  if (request.propagateTags) service.propagateTags = request.propagateTags;
  if (*replace) {
    begin_deployment(state_, key, record, context.account, env_.rng, context.now);
    announce_deployment(parts_.bus, record, record.primary(), "IN_PROGRESS", context.now);
  } else {
    service.deployments.front().updatedAt = context.now;
  }
  record.steady = record.steady && !request.desiredCount && !*replace;
  const auto& stored = state_.services.put(key, std::move(record));
  wakes_.service(key);
  return shape::UpdateServiceResponse{.service = visible(state_, key, stored, true)};
}

Outcome<shape::DeleteServiceResponse> Ecs::delete_service(
    room::Context& context, const shape::DeleteServiceRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  const std::string key = service_key(context.region, *cluster, short_name(request.service));
  const auto* known = state_.services.find(key);
  if (known == nullptr || known->inactive()) return service_not_found();
  if (known->active() && known->service.desiredCount.value_or(0) > 0 &&
      !request.force.value_or(false)) {
    return invalid_parameter("The service cannot be stopped while it is scaled above 0.");
  }
  state_.services.update(key, [](ServiceRecord& record) {
    record.service.status = status::kDraining;
    record.service.desiredCount = 0;
    record.steady = false;
  });
  wakes_.service(key);
  return shape::DeleteServiceResponse{.service =
                                          visible(state_, key, *state_.services.find(key), true)};
}

Outcome<shape::DescribeServicesResponse> Ecs::describe_services(
    room::Context& context, const shape::DescribeServicesRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  if (request.services.empty()) return invalid_parameter("Services cannot be empty.");
  if (request.services.size() > kMaxServicesDescribed) {
    return invalid_parameter("Services can have at most 10 items.");
  }
  const bool tags = std::ranges::find(request.include, "TAGS") != request.include.end();
  shape::DescribeServicesResponse response;
  response.services.given = response.failures.given = true;
  for (const auto& text : request.services) {
    const std::string name = short_name(text);
    const std::string key = service_key(context.region, *cluster, name);
    if (const auto* service = state_.services.find(key)) {
      response.services.push_back(visible(state_, key, *service, tags));
    } else {
      const std::string arn = context.arn("ecs", "service/" + *cluster + "/" + name).text();
      response.failures.push_back({.arn = arn, .reason = "MISSING"});
    }
  }
  return response;
}

Outcome<shape::ListServicesResponse> Ecs::list_services(room::Context& context,
                                                        const shape::ListServicesRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  std::vector<std::string> arns;
  for (const auto& [_, record] :
       state_.services.with_prefix(cluster_prefix(context.region, *cluster))) {
    if (record.inactive()) continue;
    if (request.launchType && record.service.launchType != request.launchType) continue;
    if (request.schedulingStrategy.value_or("REPLICA") != "REPLICA") continue;
    if (request.resourceManagementType.value_or("CUSTOMER") != "CUSTOMER") continue;
    arns.push_back(*record.service.serviceArn);
  }
  auto page = page_of(std::move(arns), request.nextToken, request.maxResults, kServicesPage);
  if (!page) return std::unexpected(std::move(page.error()));
  shape::ListServicesResponse response;
  response.serviceArns = page->items;
  response.nextToken = page->next_token;
  return response;
}

// Newest first.
Outcome<shape::ListServiceDeploymentsResponse> Ecs::list_service_deployments(
    room::Context& context, const shape::ListServiceDeploymentsRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  const std::string key = service_key(context.region, *cluster, short_name(request.service));
  if (!state_.services.contains(key)) return service_not_found();
  std::vector<std::string> keys;
  for (const auto& [at, deployment] : state_.service_deployments.with_prefix(key + "/")) {
    const auto& wanted = request.status;
    if (!wanted.empty() && std::ranges::find(wanted, *deployment.status) == wanted.end()) continue;
    if (within(request.createdAt, *deployment.createdAt)) keys.push_back(at);
  }
  auto page = page_of(std::move(keys), request.nextToken, request.maxResults, 20, true);
  if (!page) return std::unexpected(std::move(page.error()));
  shape::ListServiceDeploymentsResponse response;
  response.serviceDeployments.given = true;
  for (const auto& at : page->items) {
    response.serviceDeployments.push_back(brief_of(*state_.service_deployments.find(at)));
  }
  response.nextToken = page->next_token;
  return response;
}

Outcome<shape::DescribeServiceDeploymentsResponse> Ecs::describe_service_deployments(
    room::Context& context, const shape::DescribeServiceDeploymentsRequest& request) {
  if (request.serviceDeploymentArns.size() > kMaxDeploymentsDescribed) {
    return invalid_parameter("serviceDeploymentArns can have at most 20 items.");
  }
  shape::DescribeServiceDeploymentsResponse response;
  response.serviceDeployments.given = response.failures.given = true;
  for (const auto& arn : request.serviceDeploymentArns) {
    bool found = false;
    for (const auto& [at, deployment] :
         state_.service_deployments.with_prefix(context.region + "/")) {
      if (deployment.serviceDeploymentArn != arn) continue;
      response.serviceDeployments.push_back(deployment);
      found = true;
    }
    if (!found) response.failures.push_back({.arn = arn, .reason = "MISSING"});
  }
  return response;
}

}  // namespace seatrial::services::ecs

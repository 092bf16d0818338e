#include "services/ecs/deployments.h"

#include <algorithm>

namespace seatrial::services::ecs {
namespace {

template <class Table>
void keep_newest(Table& table, const std::string& prefix, std::size_t most) {
  std::vector<std::string> keys;
  for (const auto& [key, _] : table.with_prefix(prefix)) keys.push_back(key);
  for (std::size_t i = 0; i + most < keys.size(); ++i) table.erase(keys[i]);
}

// Sorts by time; the number keeps the order within one millisecond.
template <class Table>
std::string next_key(const Table& table, const std::string& prefix, Time now) {
  for (int number = 0;; ++number) {
    auto key = fmt::format("{}{:013}-{:05}", prefix, to_ms(now), number);
    if (!table.contains(key)) return key;
  }
}

shape::ServiceDeployment make_service_deployment(const std::string& service_key,
                                                 const ServiceRecord& service,
                                                 const std::string& account, Rng& rng, Time now) {
  const std::string region = region_of_key(service_key);
  const std::string path = service.cluster + "/" + service.name() + "/";
  shape::ServiceDeployment made;
  made.serviceDeploymentArn = Arn{"aws", "ecs", region, account,
                                  "service-deployment/" + path + new_service_deployment_id(rng)}
                                  .text();
  made.serviceArn = service.service.serviceArn;
  made.clusterArn = service.service.clusterArn;
  made.createdAt = made.startedAt = made.updatedAt = now;
  made.targetServiceRevision = shape::ServiceRevisionSummary{
      .arn = Arn{"aws", "ecs", region, account,
                 "service-revision/" + path + new_deployment_id(rng).substr(8)}
                 .text()};
  for (const auto& revision : service.service.currentServiceRevisions) {
    made.sourceServiceRevisions.push_back({.arn = revision.arn});
  }
  made.status = "IN_PROGRESS";
  made.deploymentConfiguration = service.service.deploymentConfiguration;
  made.deploymentCircuitBreaker = shape::ServiceDeploymentCircuitBreaker{
      .status = "DISABLED", .failureCount = 0, .threshold = 0};
  return made;
}

shape::Deployment make_deployment(const ServiceRecord& service, Rng& rng, Time now) {
  shape::Deployment made;
  made.id = new_deployment_id(rng);
  made.status = status::kPrimary;
  made.taskDefinition = service.service.taskDefinition;
  made.failedTasks = 0;
  made.createdAt = made.updatedAt = now;
  made.capacityProviderStrategy = service.service.capacityProviderStrategy;
  made.launchType = service.service.launchType;
  made.platformVersion = service.service.platformVersion;
  made.platformFamily = service.service.platformFamily;
  made.networkConfiguration = service.service.networkConfiguration;
  made.rolloutState = "IN_PROGRESS";
  made.rolloutStateReason = fmt::format("ECS deployment {} in progress.", *made.id);
  return made;
}

void finish_service_deployment(State& state, const std::string& key, std::string_view status,
                               Time now) {
  state.service_deployments.update(key, [&](shape::ServiceDeployment& changed) {
    if (changed.status != "IN_PROGRESS") return;
    changed.status = status;
    changed.updatedAt = now;
    (status == "STOPPED" ? changed.stoppedAt : changed.finishedAt) = now;
  });
}

}  // namespace

void add_event(State& state, const std::string& service_key, std::string message, Rng& rng,
               Time now) {
  const std::string prefix = service_key + "/";
  state.events.put(next_key(state.events, prefix, now),
                   {.id = rng.uuid(), .createdAt = now, .message = std::move(message)});
  keep_newest(state.events, prefix, kMaxEvents);
}

// guess: a rollout that is replaced before it completed shows as STOPPED.
void begin_deployment(State& state, const std::string& service_key, ServiceRecord& service,
                      const std::string& account, Rng& rng, Time now) {
  for (auto& old : service.service.deployments) {
    old.status = status::kActive;
    finish_service_deployment(state, service.state(*old.id).service_deployment, "STOPPED", now);
  }
  const std::string prefix = service_key + "/";
  const std::string key = next_key(state.service_deployments, prefix, now);
  const auto& record = state.service_deployments.put(
      key, make_service_deployment(service_key, service, account, rng, now));
  service.service.currentServiceDeployment = record.serviceDeploymentArn;
  service.service.currentServiceRevisions =
      std::vector<shape::ServiceCurrentRevisionSummary>{{.arn = record.targetServiceRevision->arn}};
  keep_newest(state.service_deployments, prefix, kMaxServiceDeployments);

  auto deployment = make_deployment(service, rng, now);
  service.state(*deployment.id).service_deployment = key;
  auto& all = service.service.deployments;
  all.insert(all.begin(), std::move(deployment));
  service.steady = false;
}

void complete_deployment(State& state, ServiceRecord& service, const std::string& id, Time now) {
  for (auto& deployment : service.service.deployments) {
    if (deployment.id != id) continue;
    deployment.rolloutState = "COMPLETED";
    deployment.rolloutStateReason = fmt::format("ECS deployment {} completed.", id);
    deployment.updatedAt = now;
  }
  finish_service_deployment(state, service.state(id).service_deployment, "SUCCESSFUL", now);
}

void forget_service(State& state, const std::string& service_key) {
  keep_newest(state.events, service_key + "/", 0);
  keep_newest(state.service_deployments, service_key + "/", 0);
  state.services.erase(service_key);
}

}  // namespace seatrial::services::ecs

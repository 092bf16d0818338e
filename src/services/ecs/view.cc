#include "services/ecs/view.h"

#include <algorithm>

namespace seatrial::services::ecs {
namespace {

struct Counts {
  int running = 0, pending = 0, wanted = 0;
  void add(const TaskRecord& task) {
    running += is_running(task);
    pending += is_pending(task);
    wanted += !task.stop_wanted();
  }
};

void add_counts(shape::Service& service, const std::map<std::string, Counts>& by_deployment) {
  for (auto& deployment : service.deployments) {
    const auto found = by_deployment.find(*deployment.id);
    const Counts counts = found == by_deployment.end() ? Counts{} : found->second;
    deployment.runningCount = counts.running;
    deployment.pendingCount = counts.pending;
    const bool primary = deployment.status == status::kPrimary;
    deployment.desiredCount = primary ? service.desiredCount.value_or(0) : counts.wanted;
  }
  for (auto& revision : service.currentServiceRevisions) {
    revision.requestedTaskCount = service.desiredCount;
    revision.runningTaskCount = service.runningCount;
    revision.pendingTaskCount = service.pendingCount;
  }
}

bool wants(const std::vector<std::string>& include, std::string_view what) {
  return std::ranges::find(include, what) != include.end();
}

void add_statistics(shape::Cluster& cluster, int services) {
  const auto add = [&](const char* name, int value) {
    cluster.statistics.push_back({name, std::to_string(value)});
  };
  add("runningFargateTasksCount", cluster.runningTasksCount.value_or(0));
  add("pendingFargateTasksCount", cluster.pendingTasksCount.value_or(0));
  add("activeFargateServiceCount", services);
  for (const char* name : {"runningEC2TasksCount", "pendingEC2TasksCount", "activeEC2ServiceCount",
                           "drainingEC2ServiceCount"}) {
    add(name, 0);
  }
}

}  // namespace

std::string task_key(const TaskRecord& task) {
  return cluster_prefix(task.region, task.cluster) + task.id;
}

bool is_running(const TaskRecord& task) { return task.last_status() == status::kRunning; }
bool is_pending(const TaskRecord& task) {
  const auto last = task.last_status();
  return last == status::kProvisioning || last == status::kPending || last == status::kActivating;
}

std::vector<const TaskRecord*> tasks_of(const State& state, const ServiceRecord& service,
                                        std::string_view key) {
  std::vector<const TaskRecord*> tasks;
  for (const auto& [_, task] :
       state.tasks.with_prefix(cluster_prefix(region_of_key(key), service.cluster))) {
    if (task.service == service.name()) tasks.push_back(&task);
  }
  return tasks;
}

shape::Service visible(const State& state, const std::string& key, const ServiceRecord& service,
                       bool with_tags) {
  shape::Service shown = service.service;
  std::map<std::string, Counts> by_deployment;
  Counts all;
  for (const TaskRecord* task : tasks_of(state, service, key)) {
    by_deployment[task->deployment].add(*task);
    all.add(*task);
  }
  shown.runningCount = all.running;
  shown.pendingCount = all.pending;
  add_counts(shown, by_deployment);
  shown.deployments.given = shown.events.given = true;
  for (const auto& [_, event] : state.events.with_prefix(key + "/")) shown.events.push_back(event);
  std::ranges::reverse(shown.events);
  if (!with_tags) shown.tags = {};
  return shown;
}

shape::Cluster visible(const State& state, const std::string& region, const shape::Cluster& cluster,
                       const std::vector<std::string>& include) {
  shape::Cluster shown = cluster;
  const std::string prefix = cluster_prefix(region, *cluster.clusterName);
  int running = 0, pending = 0, services = 0;
  for (const auto& [_, task] : state.tasks.with_prefix(prefix)) {
    running += is_running(task);
    pending += is_pending(task);
  }
  for (const auto& [_, service] : state.services.with_prefix(prefix)) services += service.active();
  shown.runningTasksCount = running;
  shown.pendingTasksCount = pending;
  shown.activeServicesCount = services;
  shown.registeredContainerInstancesCount = 0;
  shown.statistics.given = shown.tags.given = shown.settings.given = true;
  if (!wants(include, "TAGS")) shown.tags.clear();
  if (!wants(include, "SETTINGS")) shown.settings.clear();
  if (wants(include, "STATISTICS")) add_statistics(shown, services);
  return shown;
}

}  // namespace seatrial::services::ecs

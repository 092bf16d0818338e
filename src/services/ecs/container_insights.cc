#include "services/ecs/container_insights.h"

namespace seatrial::services::ecs {
namespace {

using Dimensions = std::vector<std::pair<std::string, std::string>>;

cloudwatch::Datum datum(std::string name, double value, std::string unit, Dimensions dimensions,
                        Time at) {
  return {.name_space = "ECS/ContainerInsights",
          .name = std::move(name),
          .dimensions = std::move(dimensions),
          .value = value,
          .unit = std::move(unit),
          .at = at};
}

void add_service_counts(const State& state, const std::string& key, const ServiceRecord& service,
                        Time at, std::vector<cloudwatch::Datum>& out) {
  const auto shown = visible(state, key, service, false);
  const Dimensions dimensions = {{"ClusterName", service.cluster}, {"ServiceName", service.name()}};
  const auto add = [&](const char* name, double value) {
    out.push_back(datum(name, value, "Count", dimensions, at));
  };
  add("DesiredTaskCount", shown.desiredCount.value_or(0));
  add("RunningTaskCount", shown.runningCount.value_or(0));
  add("PendingTaskCount", shown.pendingCount.value_or(0));
  add("DeploymentCount", static_cast<double>(shown.deployments.size()));
}

}  // namespace

bool has_insights(const State& state, std::string_view region, std::string_view cluster) {
  const auto* record = state.clusters.find(fmt::format("{}/{}", region, cluster));
  if (record == nullptr || record->status != status::kActive) return false;
  return std::ranges::any_of(record->settings, [](const shape::ClusterSetting& setting) {
    return setting.name == "containerInsights" && setting.value == "enabled";
  });
}

void add_task_metric(const TaskRecord& task, std::string name, double value, std::string unit,
                     Time at, std::vector<cloudwatch::Datum>& out) {
  const std::pair<std::string, std::string> cluster{"ClusterName", task.cluster};
  out.push_back(datum(name, value, unit, {cluster}, at));
  const auto family = short_name(*task.task.taskDefinitionArn);
  out.push_back(datum(name, value, unit,
                      {cluster, {"TaskDefinitionFamily", family.substr(0, family.rfind(':'))}},
                      at));
  if (!task.service.empty())
    out.push_back(datum(std::move(name), value, std::move(unit),
                        {cluster, {"ServiceName", task.service}}, at));
}

void add_counts(const State& state, Time at,
                std::map<std::string, std::vector<cloudwatch::Datum>>& out) {
  for (const auto& [key, cluster] : state.clusters) {
    const auto region = key.substr(0, key.find('/'));
    if (!has_insights(state, region, *cluster.clusterName)) continue;
    auto& data = out[region];
    const auto shown = visible(state, region, cluster, {});
    const Dimensions dimensions = {{"ClusterName", *cluster.clusterName}};
    data.push_back(
        datum("TaskCount", shown.runningTasksCount.value_or(0), "Count", dimensions, at));
    data.push_back(
        datum("ServiceCount", shown.activeServicesCount.value_or(0), "Count", dimensions, at));
    for (const auto& [service_key, service] :
         state.services.with_prefix(cluster_prefix(region, *cluster.clusterName)))
      if (service.active()) add_service_counts(state, service_key, service, at, data);
  }
}

}  // namespace seatrial::services::ecs

#include "services/ecs/container_insights.h"

#include <cmath>
#include <span>

namespace seatrial::services::ecs {
namespace {

constexpr std::string_view kNamespace = "ECS/ContainerInsights";
constexpr double kEphemeralGiB = 20;  // Fargate's, for 'ephemeralStorage' is refused
constexpr double kGibibyte = 1024.0 * 1024 * 1024;

struct Metric {
  const char* name;
  const char* unit;
};
constexpr Metric kTaskMetrics[] = {
    {"CpuUtilized", "None"},
    {"CpuReserved", "None"},
    {"MemoryUtilized", "Megabytes"},
    {"MemoryReserved", "Megabytes"},
    {"StorageReadBytes", "Bytes/Second"},
    {"StorageWriteBytes", "Bytes/Second"},
    {"NetworkRxBytes", "Bytes/Second"},
    {"NetworkTxBytes", "Bytes/Second"},
    {"EphemeralStorageReserved", "Gigabytes"},
    {"EphemeralStorageUtilized", "Gigabytes"},
};
constexpr Metric kServiceMetrics[] = {
    {"DesiredTaskCount", "Count"}, {"RunningTaskCount", "Count"}, {"PendingTaskCount", "Count"},
    {"DeploymentCount", "Count"},  {"TaskSetCount", "Count"},
};
constexpr Metric kClusterMetrics[] = {
    {"TaskCount", "Count"},
    {"ContainerInstanceCount", "Count"},
    {"ServiceCount", "Count"},
};

using DimensionSets = std::vector<std::vector<std::string_view>>;

// Declares those of `metrics` that the record has.
void declare(Object& record, std::span<const Metric> metrics, const DimensionSets& sets) {
  Array declared, dimensions, all;
  for (const auto& metric : metrics) {
    if (record.contains(metric.name))
      declared.push_back(Object{{"Name", metric.name}, {"Unit", metric.unit}});
  }
  for (const auto& set : sets) dimensions.emplace_back(Array(set.begin(), set.end()));
  all.emplace_back(Object{{"Namespace", kNamespace},
                          {"Metrics", std::move(declared)},
                          {"Dimensions", std::move(dimensions)}});
  record["CloudWatchMetrics"] = std::move(all);
}

std::int64_t whole(double value) { return std::llround(value); }

template <class T>
void set_if(Object& record, const char* name, const std::optional<T>& value) {
  if (value) record[name] = *value;
}

void set_time(Object& record, const char* name, const std::optional<Time>& time) {
  if (time) record[name] = to_ms(*time);
}

void add_usage(Object& record, const Measured& used, double reserved_cpu, double reserved_mb) {
  set_if(record, "CpuUtilized", used.cpu_units);
  record["CpuReserved"] = reserved_cpu;
  if (used.memory_mb) record["MemoryUtilized"] = whole(std::ceil(*used.memory_mb));
  record["MemoryReserved"] = whole(reserved_mb);
  set_if(record, "StorageReadBytes", used.read_bytes);
  set_if(record, "StorageWriteBytes", used.written_bytes);
}

void add_network(Object& record, const TaskMinute& minute) {
  if (!minute.network) return;
  const auto& total = *minute.network;
  if (minute.rx_per_second) record["NetworkRxBytes"] = whole(*minute.rx_per_second);
  record["NetworkRxDropped"] = total.rx_dropped;
  record["NetworkRxErrors"] = total.rx_errors;
  record["NetworkRxPackets"] = total.rx_packets;
  if (minute.tx_per_second) record["NetworkTxBytes"] = whole(*minute.tx_per_second);
  record["NetworkTxDropped"] = total.tx_dropped;
  record["NetworkTxErrors"] = total.tx_errors;
  record["NetworkTxPackets"] = total.tx_packets;
}

Object head(const char* type) { return Object{{"Version", "0"}, {"Type", type}}; }

void add_identity(Object& record, const TaskRecord& task) {
  const auto definition = parse_definition_name(*task.task.taskDefinitionArn);
  record["TaskId"] = task.id;
  record["TaskDefinitionFamily"] = definition.family;
  record["TaskDefinitionRevision"] = definition.revision_text;
  if (!task.service.empty()) record["ServiceName"] = task.service;
  record["ClusterName"] = task.cluster;
}

InsightsRecord in_stream_of(const TaskRecord& task, Object members) {
  const auto number = std::stoul(task.id.substr(0, 8), nullptr, 16) % 10'000;
  return {task.region, task.cluster, fmt::format("FargateTelemetry-{}", number),
          std::move(members)};
}

DimensionSets dimensions_of(const TaskRecord& task) {
  DimensionSets sets{{"ClusterName"}, {"ClusterName", "TaskDefinitionFamily"}};
  if (!task.service.empty()) sets.push_back({"ServiceName", "ClusterName"});
  return sets;
}

Object task_record(const TaskRecord& task, const TaskMinute& minute, Time at) {
  Object record = head("Task");
  add_identity(record, task);
  record["AccountID"] = parse_arn(*task.task.taskArn)->account;
  record["Region"] = task.region;
  record["AvailabilityZone"] = task.task.availabilityZone.value_or("");
  record["KnownStatus"] = *task.task.lastStatus;
  record["LaunchType"] = task.task.launchType.value_or("FARGATE");
  set_time(record, "PullStartedAt", task.task.pullStartedAt);
  set_time(record, "PullStoppedAt", task.task.pullStoppedAt);
  set_time(record, "CreatedAt", task.task.createdAt);
  set_time(record, "StartedAt", task.task.startedAt);
  record["Timestamp"] = to_ms(at);
  add_usage(record, minute.sum, std::stod(*task.task.cpu), std::stod(*task.task.memory));
  add_network(record, minute);
  record["EphemeralStorageReserved"] = std::round(kEphemeralGiB * kGibibyte / 1e7) / 100;
  if (minute.ephemeral_bytes)
    record["EphemeralStorageUtilized"] = static_cast<double>(*minute.ephemeral_bytes) / 1e9;
  declare(record, kTaskMetrics, dimensions_of(task));
  return record;
}

// A container's own reservation, else the task's.
double reserved(const std::optional<std::string>& own, const std::string& of_task) {
  const double value = own && !own->empty() ? std::stod(*own) : 0;
  return value > 0 ? value : std::stod(of_task);
}

Object container_record(const TaskRecord& task, const shape::Container& container,
                        const TaskMinute& minute, Time at) {
  Object record = head("Container");
  record["ContainerName"] = *container.name;
  add_identity(record, task);
  record["Image"] = container.image.value_or("");
  record["ContainerKnownStatus"] = *container.lastStatus;
  record["Timestamp"] = to_ms(at);
  const auto memory = container.memory ? container.memory : container.memoryReservation;
  add_usage(record, minute.containers.at(*container.name), reserved(container.cpu, *task.task.cpu),
            reserved(memory, *task.task.memory));
  add_network(record, minute);  // the containers of a task share its interface
  return record;
}

InsightsRecord service_record(const State& state, const std::string& key,
                              const ServiceRecord& service, Time at) {
  const auto shown = visible(state, key, service, false);
  Object record = head("Service");
  record["ServiceName"] = service.name();
  record["ClusterName"] = service.cluster;
  record["Timestamp"] = to_ms(at);
  record["DesiredTaskCount"] = shown.desiredCount.value_or(0);
  record["RunningTaskCount"] = shown.runningCount.value_or(0);
  record["PendingTaskCount"] = shown.pendingCount.value_or(0);
  record["DeploymentCount"] = shown.deployments.size();
  record["TaskSetCount"] = 0;  // of services with the ECS controller, the only one served
  declare(record, kServiceMetrics, {{"ServiceName", "ClusterName"}});
  return {region_of_key(key), service.cluster, "ServiceTelemetry-" + service.name(),
          std::move(record)};
}

InsightsRecord cluster_record(const State& state, const std::string& region,
                              const shape::Cluster& cluster, Time at) {
  const auto shown = visible(state, region, cluster, {});
  Object record = head("Cluster");
  record["ClusterName"] = *cluster.clusterName;
  record["Timestamp"] = to_ms(at);
  record["TaskCount"] = shown.runningTasksCount.value_or(0);
  record["ContainerInstanceCount"] = shown.registeredContainerInstancesCount.value_or(0);
  record["ServiceCount"] = shown.activeServicesCount.value_or(0);
  declare(record, kClusterMetrics, {{"ClusterName"}});
  return {region, *cluster.clusterName, "ClusterTelemetry-" + *cluster.clusterName,
          std::move(record)};
}

}  // namespace

bool has_insights(const State& state, std::string_view region, std::string_view cluster) {
  const auto* record = state.clusters.find(fmt::format("{}/{}", region, cluster));
  if (record == nullptr || record->status != status::kActive) return false;
  return std::ranges::any_of(record->settings, [](const shape::ClusterSetting& setting) {
    return setting.name == "containerInsights" && setting.value == "enabled";
  });
}

std::string performance_log_group(std::string_view cluster) {
  return fmt::format("/aws/ecs/containerinsights/{}/performance", cluster);
}

std::vector<InsightsRecord> task_records(const TaskRecord& task, const TaskMinute& minute,
                                         Time at) {
  std::vector<InsightsRecord> records;
  records.push_back(in_stream_of(task, task_record(task, minute, at)));
  for (const auto& container : task.task.containers) {
    if (!minute.containers.contains(*container.name)) continue;
    records.push_back(in_stream_of(task, container_record(task, container, minute, at)));
  }
  return records;
}

std::vector<InsightsRecord> count_records(const State& state, Time at) {
  std::vector<InsightsRecord> records;
  for (const auto& [key, cluster] : state.clusters) {
    const auto region = region_of_key(key);
    if (!has_insights(state, region, *cluster.clusterName)) continue;
    records.push_back(cluster_record(state, region, cluster, at));
    for (const auto& [service_key, service] :
         state.services.with_prefix(cluster_prefix(region, *cluster.clusterName)))
      if (service.active()) records.push_back(service_record(state, service_key, service, at));
  }
  return records;
}

std::vector<cloudwatch::Datum> data_of(const InsightsRecord& record) {
  std::vector<cloudwatch::Datum> data;
  const Object& members = record.members;
  if (!members.contains("CloudWatchMetrics")) return data;
  const Object& declared = members.at("CloudWatchMetrics").at(0).as_object();
  for (const Value& metric : declared.at("Metrics").as_array()) {
    const std::string name(text_member(metric, "Name"));
    for (const Value& names : declared.at("Dimensions").as_array()) {
      cloudwatch::Datum datum{.name_space = std::string(kNamespace),
                              .name = name,
                              .dimensions = {},
                              .value = members.at(name).to_number<double>(),
                              .unit = std::string(text_member(metric, "Unit")),
                              .at = from_ms(members.at("Timestamp").as_int64())};
      for (const Value& dimension : names.as_array()) {
        const std::string key(as_view(dimension.as_string()));
        datum.dimensions.emplace_back(key, as_view(members.at(key).as_string()));
      }
      data.push_back(std::move(datum));
    }
  }
  return data;
}

}  // namespace seatrial::services::ecs

// Container Insights, for clusters whose setting containerInsights is enabled: each minute a record
// of each task, container, service and cluster. As on AWS a record is a line in embedded metric
// format in the log group /aws/ecs/containerinsights/CLUSTER/performance, and the metrics in
// ECS/ContainerInsights are those that the record declares. What is used is measured by
// usage_sampler.h; what was not measured is neither in the record nor a metric.
//
// Source: Amazon CloudWatch user guide, "Amazon ECS Container Insights metrics" and "Container
// Insights performance log events for Amazon ECS"; streams, order and numbers of Fargate as in
// public samples (FargateTelemetry-N, ServiceTelemetry-NAME, ClusterTelemetry-NAME). Storage bytes
// are totals, network bytes are rates and network packets totals, whatever their unit says: so on
// AWS. guess: N from the task's id; bytes used of the ephemeral storage are not rounded, megabytes of
// memory are rounded up, so that neither is a 0 that was not measured.
#pragma once
#include <map>
#include <optional>

#include "drivers/network.h"
#include "services/cloudwatch/api.h"
#include "services/ecs/view.h"

namespace seatrial::services::ecs {

inline constexpr int kPerformanceLogDays = 1;  // retention of the log group

// What was measured in a minute; empty: not measured. Storage: bytes since the start.
struct Measured {
  std::optional<double> cpu_units, memory_mb;  // means; a CPU has 1024 units
  std::optional<std::int64_t> read_bytes, written_bytes;
};
struct TaskMinute {
  Measured sum;
  std::map<std::string, Measured> containers;
  std::optional<drivers::NetworkUsage> network;  // totals
  std::optional<double> rx_per_second, tx_per_second;
  std::optional<std::int64_t> ephemeral_bytes;
};

struct InsightsRecord {
  std::string region, cluster, stream;
  Object members;  // in AWS's order, CloudWatchMetrics last
};

bool has_insights(const State& state, std::string_view region, std::string_view cluster);
std::string performance_log_group(std::string_view cluster);

// The task's record, then one of each of its measured containers.
std::vector<InsightsRecord> task_records(const TaskRecord& task, const TaskMinute& minute, Time at);
// Of all clusters with the setting: the cluster's record, then one of each active service.
std::vector<InsightsRecord> count_records(const State& state, Time at);
// One datum for each declared metric and set of dimensions.
std::vector<cloudwatch::Datum> data_of(const InsightsRecord& record);

}  // namespace seatrial::services::ecs

// The namespace ECS/ContainerInsights, for clusters whose setting containerInsights is enabled:
// which metrics there are of a task, a service and a cluster. What is used is measured by
// usage_sampler.h.
//
// Source: Amazon CloudWatch user guide, "Amazon ECS Container Insights metrics". Not measured,
// hence not published: network, storage, ephemeral storage, task sets, container instances.
#pragma once
#include <map>

#include "services/cloudwatch/api.h"
#include "services/ecs/view.h"

namespace seatrial::services::ecs {

bool has_insights(const State& state, std::string_view region, std::string_view cluster);

// One datum for each set of dimensions that the metric of a task has: cluster, family, service.
void add_task_metric(const TaskRecord& task, std::string name, double value, std::string unit,
                     Time at, std::vector<cloudwatch::Datum>& out);

// Of all clusters with the setting: TaskCount, ServiceCount, and of each service DesiredTaskCount,
// RunningTaskCount, PendingTaskCount, DeploymentCount. By region.
void add_counts(const State& state, Time at,
                std::map<std::string, std::vector<cloudwatch::Datum>>& out);

}  // namespace seatrial::services::ecs

// The vCPUs of running Fargate tasks, for AWS/Usage. Nothing here holds them to a quota.
// Source: "AWS Fargate usage metrics" of the ECS developer guide.
#include "services/ecs/service.h"

namespace seatrial::services::ecs {

std::vector<cloudwatch::CountedResource> Ecs::count_resources() const {
  cloudwatch::CountedResource demand{"Fargate", "vCPU", "Standard/OnDemand", std::nullopt, {}};
  cloudwatch::CountedResource spot{"Fargate", "vCPU", "Standard/Spot", std::nullopt, {}};
  for (const auto& [key, task] : state_.tasks) {
    if (!is_running(task) || !task.task.cpu) continue;
    auto& kind = task.task.capacityProviderName == "FARGATE_SPOT" ? spot : demand;
    kind.by_region[task.region] += std::stod(*task.task.cpu) / 1024;
  }
  return {demand, spot};
}

}  // namespace seatrial::services::ecs

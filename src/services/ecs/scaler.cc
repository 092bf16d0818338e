// How many tasks a service has and is to have, for those who scale it (api.h).
#include <algorithm>

#include "services/ecs/service.h"
#include "services/ecs/view.h"

namespace seatrial::services::ecs {

std::optional<ServiceCounts> Ecs::counts(const std::string& region, const std::string& cluster,
                                         const std::string& service) const {
  const std::string key = service_key(region, cluster, service);
  const auto* record = state_.services.find(key);
  if (record == nullptr || !record->active()) return std::nullopt;
  ServiceCounts out;
  out.desired = record->service.desiredCount.value_or(0);
  const auto tasks = tasks_of(state_, *record, key);
  out.running = static_cast<int>(
      std::ranges::count_if(tasks, [](const TaskRecord* task) { return is_running(*task); }));
  out.deploying = record->service.deployments.size() > 1;
  return out;
}

bool Ecs::set_desired(const std::string& region, const std::string& cluster,
                      const std::string& service, int count) {
  const std::string key = service_key(region, cluster, service);
  const auto* record = state_.services.find(key);
  if (record == nullptr || !record->active()) return false;
  if (record->service.desiredCount == count) return true;
  state_.services.update(key, [&](ServiceRecord& changed) {
    changed.service.desiredCount = count;
    changed.service.deployments.front().updatedAt = env_.clock.now();
    changed.steady = false;
  });
  wakes_.service(key);
  return true;
}

}  // namespace seatrial::services::ecs

// How one container of a task is to be run: pure, from the task and its definition.
#pragma once
#include "drivers/container.h"
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

inline constexpr int kDefaultStopTimeoutS = 30;

struct LogTarget {
  std::string region, group, stream;
  bool create_group = false;
};

// Where the container's output goes; empty: nowhere, it is dropped.
std::optional<LogTarget> log_target(const TaskRecord& task,
                                    const shape::ContainerDefinition& container);

enum class Readiness { kReady, kWaiting, kBroken };
// Whether the conditions of dependsOn are met, not yet, or can no longer be.
Readiness readiness(const TaskRecord& task, const shape::ContainerDefinition& container);

// True when no container that is still up depends on this one, so that it may be stopped.
bool may_stop(const TaskRecord& task, const shape::TaskDefinition& definition,
              const std::string& container);

// Everything but the secrets. `endpoint` is the API's URL as tasks reach it, or empty.
drivers::ContainerSpec container_spec(const TaskRecord& task,
                                      const shape::ContainerDefinition& container,
                                      const std::string& endpoint);

// The task's container by name; it exists for every container of the definition.
shape::Container& container_of(TaskRecord& task, std::string_view name);
const shape::Container& container_of(const TaskRecord& task, std::string_view name);

}  // namespace seatrial::services::ecs

#include "services/ecs/container_plan.h"

#include <algorithm>

#include "base/check.h"

namespace seatrial::services::ecs {
namespace {

const shape::ContainerOverride* override_of(const TaskRecord& task, const std::string& name) {
  if (!task.task.overrides) return nullptr;
  const auto& all = task.task.overrides->containerOverrides;
  const auto found = std::ranges::find(all, name, &shape::ContainerOverride::name);
  return found == all.end() ? nullptr : &*found;
}

// The container's own limit, never over the task's.
std::int64_t memory_limit_bytes(const TaskRecord& task, const shape::Container& container) {
  std::int64_t mib = std::stoll(*task.task.memory);
  if (container.memory) mib = std::min<std::int64_t>(mib, std::stoll(*container.memory));
  return mib * 1024 * 1024;
}

std::map<std::string, std::string> environment(const TaskRecord& task,
                                               const shape::ContainerDefinition& container,
                                               const std::string& endpoint) {
  std::map<std::string, std::string> all = {{"AWS_REGION", task.region},
                                            {"AWS_DEFAULT_REGION", task.region}};
  if (!endpoint.empty()) {
    all["AWS_ENDPOINT_URL"] = endpoint;
    all["AWS_DISABLE_HOST_PREFIX_INJECTION"] = "true";  // stream-169.254.170.2 is no name
  }
  if (task.network_namespace.empty()) all["HOST"] = task.address;
  for (const auto& pair : container.environment)
    all[pair.name.value_or("")] = pair.value.value_or("");
  if (const auto* changed = override_of(task, *container.name)) {
    for (const auto& pair : changed->environment)
      all[pair.name.value_or("")] = pair.value.value_or("");
  }
  all.erase("");
  return all;
}

bool is_up(const shape::Container& container) { return container.lastStatus != status::kStopped; }

}  // namespace

std::optional<LogTarget> log_target(const TaskRecord& task,
                                    const shape::ContainerDefinition& container) {
  if (!container.logConfiguration) return std::nullopt;
  const auto& options = container.logConfiguration->options;
  const auto option = [&](const char* name) {
    const auto found = options.find(name);
    return found == options.end() ? std::string() : found->second;
  };
  return LogTarget{
      option("awslogs-region"), option("awslogs-group"),
      fmt::format("{}/{}/{}", option("awslogs-stream-prefix"), *container.name, task.id),
      option("awslogs-create-group") == "true"};
}

Readiness readiness(const TaskRecord& task, const shape::ContainerDefinition& container) {
  Readiness result = Readiness::kReady;
  for (const auto& on : container.dependsOn) {
    const auto& other = container_of(task, on.containerName);
    const bool stopped = !is_up(other);
    if (on.condition == "START") {
      if (other.lastStatus == status::kPending) result = Readiness::kWaiting;
    } else if (!stopped) {
      result = Readiness::kWaiting;
    } else if (on.condition == "SUCCESS" && other.exitCode != 0) {
      return Readiness::kBroken;
    }
  }
  return result;
}

bool may_stop(const TaskRecord& task, const shape::TaskDefinition& definition,
              const std::string& container) {
  return std::ranges::none_of(definition.containerDefinitions, [&](const auto& other) {
    return is_up(container_of(task, *other.name)) &&
           std::ranges::any_of(other.dependsOn, [&](const shape::ContainerDependency& on) {
             return on.containerName == container;
           });
  });
}

drivers::ContainerSpec container_spec(const TaskRecord& task,
                                      const shape::ContainerDefinition& container,
                                      const std::string& endpoint) {
  drivers::ContainerSpec spec;
  spec.id = container_id(task.id, *container.name);
  spec.image = *container.image;
  spec.entry_point = container.entryPoint;
  spec.command = container.command;
  if (const auto* changed = override_of(task, *container.name); changed && changed->command.given) {
    spec.command = changed->command;
  }
  spec.environment = environment(task, container, endpoint);
  spec.working_directory = container.workingDirectory.value_or("");
  spec.memory_limit_bytes = memory_limit_bytes(task, container_of(task, *container.name));
  spec.network_namespace = task.network_namespace;
  return spec;
}

shape::Container& container_of(TaskRecord& task, std::string_view name) {
  const auto found = std::ranges::find(task.task.containers, name, [](const shape::Container& c) {
    return std::string_view(*c.name);
  });
  ST_CHECK(found != task.task.containers.end(), "a task lacks a container of its definition");
  return *found;
}

const shape::Container& container_of(const TaskRecord& task, std::string_view name) {
  return container_of(const_cast<TaskRecord&>(task), name);
}

}  // namespace seatrial::services::ecs

// Tasks: run, stop, list, describe; ExecuteCommand, which no task here has enabled.
#include <algorithm>

#include "services/ecs/announcements.h"
#include "services/ecs/paging.h"
#include "services/ecs/service.h"
#include "services/ecs/service_rules.h"
#include "services/ecs/task_definition_rules.h"

namespace seatrial::services::ecs {
namespace {

constexpr int kMaxRunCount = 10;
constexpr std::size_t kMaxTasksDescribed = 100;

room::Outcome<void> check_features(const shape::RunTaskRequest& r) {
  if (!r.placementConstraints.empty()) return unsupported("'placementConstraints'");
  if (!r.placementStrategy.empty()) return unsupported("'placementStrategy'");
  if (!r.volumeConfigurations.empty()) return unsupported("'volumeConfigurations'");
  if (r.enableExecuteCommand.value_or(false)) return unsupported("'enableExecuteCommand'");
  if (auto ok = check_platform_version(r.platformVersion); !ok) return ok;
  const int count = r.count.value_or(1);
  if (count < 1 || count > kMaxRunCount) {
    return invalid_parameter("Tasks count must be between 1 and 10.");
  }
  return {};
}

room::Outcome<void> check_override(const shape::ContainerOverride& override,
                                   const shape::TaskDefinition& definition) {
  const auto& all = definition.containerDefinitions;
  if (std::ranges::find(all, override.name, &shape::ContainerDefinition::name) == all.end()) {
    return invalid_parameter("Override for container named " + override.name.value_or("") +
                             " is not a container in the TaskDefinition.");
  }
  if (!override.environmentFiles.empty()) return unsupported("'environmentFiles'");
  if (!override.resourceRequirements.empty()) return unsupported("'resourceRequirements'");
  return {};
}

room::Outcome<void> check_overrides(shape::TaskOverride& overrides,
                                    const shape::TaskDefinition& definition) {
  if (overrides.ephemeralStorage) return unsupported("'ephemeralStorage'");
  if (!overrides.inferenceAcceleratorOverrides.empty()) {
    return unsupported("'inferenceAcceleratorOverrides'");
  }
  for (const auto& container : overrides.containerOverrides) {
    if (auto ok = check_override(container, definition); !ok) return ok;
  }
  if (!overrides.cpu && !overrides.memory) return {};
  const auto cpu = cpu_units(overrides.cpu.value_or(*definition.cpu));
  const auto memory = memory_mib(overrides.memory.value_or(*definition.memory));
  if (!cpu || !memory || !fargate_combination(*cpu, *memory)) {
    return client_error("No Fargate configuration exists for given values.");
  }
  if (overrides.cpu) overrides.cpu = std::to_string(*cpu);
  if (overrides.memory) overrides.memory = std::to_string(*memory);
  return {};
}

std::vector<shape::Tag> tags_of(const shape::RunTaskRequest& request,
                                const TaskDefinitionRecord& definition,
                                const std::string& cluster) {
  std::vector<shape::Tag> tags = request.tags;
  if (request.propagateTags == "TASK_DEFINITION") {
    tags.insert(tags.end(), definition.tags.begin(), definition.tags.end());
  }
  if (request.enableECSManagedTags.value_or(false)) {
    tags.push_back({"aws:ecs:clusterName", cluster});
  }
  return tags;
}

bool matches(const TaskRecord& task, const shape::ListTasksRequest& request) {
  const bool stopped = request.desiredStatus == status::kStopped;
  if (task.stop_wanted() != stopped) return false;
  if (request.startedBy && task.task.startedBy != request.startedBy) return false;
  if (request.launchType && task.task.launchType != request.launchType) return false;
  if (request.serviceName && task.service != short_name(*request.serviceName)) return false;
  if (!request.family) return true;
  return parse_definition_name(*task.task.taskDefinitionArn).family == *request.family;
}

shape::Task shown(const TaskRecord& record, bool with_tags) {
  shape::Task task = record.task;
  if (!with_tags) task.tags = {};
  task.tags.given = true;
  return task;
}

}  // namespace

Outcome<shape::RunTaskResponse> Ecs::run_task(room::Context& context,
                                              const shape::RunTaskRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  if (auto ok = check_features(request); !ok) return std::unexpected(ok.error());
  const auto definition = definition_for_use(context, request.taskDefinition);
  if (!definition) return std::unexpected(definition.error());
  auto launch = launch_of(request.launchType, request.capacityProviderStrategy,
                          *state_.clusters.find(context.key(*cluster)));
  if (!launch) return std::unexpected(launch.error());
  if (auto ok = check_network(context, request.networkConfiguration); !ok) {
    return std::unexpected(ok.error());
  }
  shape::TaskOverride overrides = request.overrides.value_or(shape::TaskOverride{});
  if (auto ok = check_overrides(overrides, (*definition)->definition); !ok) {
    return std::unexpected(ok.error());
  }
  const std::string prefix = cluster_prefix(context.region, *cluster);
  shape::RunTaskResponse response;
  response.tasks.given = response.failures.given = true;
  const std::string token = request.clientToken.value_or("");
  for (const auto& [_, task] : state_.tasks.with_prefix(prefix)) {
    if (!token.empty() && task.client_token == token) response.tasks.push_back(shown(task, true));
  }
  if (!response.tasks.empty()) return response;  // the same call again

  const auto& subnets = request.networkConfiguration->awsvpcConfiguration->subnets;
  for (int i = 0; i < request.count.value_or(1); ++i) {
    const std::string& subnet = subnets[static_cast<std::size_t>(i) % subnets.size()];
    TaskRecord task =
        make_task({.region = context.region,
                   .account = context.account,
                   .cluster = *cluster,
                   .definition = **definition,
                   .subnet = *parts_.vpcs.subnet(context.region, subnet),
                   .started_by = request.startedBy,
                   .group = request.group.value_or("family:" + *(*definition)->definition.family),
                   .launch_type = launch->launch_type,
                   .capacity_provider = launch->provider(),
                   .overrides = overrides,
                   .tags = tags_of(request, **definition, *cluster),
                   .client_token = token},
                  env_.rng, context.now);
    const std::string key = task_key(task);
    const TaskRecord& stored = state_.tasks.put(key, std::move(task));
    announce_task(parts_.bus, stored, context.now);
    response.tasks.push_back(shown(stored, true));
    wakes_.task(key);
  }
  return response;
}

Outcome<shape::StopTaskResponse> Ecs::stop_task(room::Context& context,
                                                const shape::StopTaskRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  const std::string key = cluster_prefix(context.region, *cluster) + short_name(request.task);
  if (!state_.tasks.contains(key)) return task_not_found();
  tasks_.request_stop(key, stop_code::kUser, request.reason.value_or("Task stopped by user"));
  const TaskRecord& task = *state_.tasks.find(key);
  if (!task.service.empty()) wakes_.service(task.service_key());
  return shape::StopTaskResponse{.task = shown(task, true)};
}

Outcome<shape::ListTasksResponse> Ecs::list_tasks(room::Context& context,
                                                  const shape::ListTasksRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  if (request.serviceName) {
    const auto key = service_key(context.region, *cluster, short_name(*request.serviceName));
    if (!state_.services.contains(key)) return service_not_found();
  }
  std::vector<std::string> arns;
  const bool none = request.containerInstance || request.daemonName ||
                    request.desiredStatus == status::kPending;  // ECS never wants PENDING
  for (const auto& [_, task] : state_.tasks.with_prefix(cluster_prefix(context.region, *cluster))) {
    if (!none && matches(task, request)) arns.push_back(*task.task.taskArn);
  }
  auto page = page_of(std::move(arns), request.nextToken, request.maxResults);
  if (!page) return std::unexpected(std::move(page.error()));
  shape::ListTasksResponse response;
  response.taskArns = page->items;
  response.nextToken = page->next_token;
  return response;
}

Outcome<shape::DescribeTasksResponse> Ecs::describe_tasks(
    room::Context& context, const shape::DescribeTasksRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  if (request.tasks.empty()) return invalid_parameter("Tasks cannot be empty.");
  if (request.tasks.size() > kMaxTasksDescribed) return invalid_parameter("Too many tasks.");
  const bool tags = std::ranges::find(request.include, "TAGS") != request.include.end();
  shape::DescribeTasksResponse response;
  response.tasks.given = response.failures.given = true;
  for (const auto& text : request.tasks) {
    const std::string id = short_name(text);
    const auto* task = state_.tasks.find(cluster_prefix(context.region, *cluster) + id);
    if (task != nullptr) {
      response.tasks.push_back(shown(*task, tags));
    } else {
      const std::string arn = context.arn("ecs", "task/" + *cluster + "/" + id).text();
      response.failures.push_back({.arn = arn, .reason = "MISSING"});
    }
  }
  return response;
}

Outcome<shape::ExecuteCommandResponse> Ecs::execute_command(
    room::Context& context, const shape::ExecuteCommandRequest& request) {
  const auto cluster = cluster_named(context, request.cluster);
  if (!cluster) return std::unexpected(cluster.error());
  const auto* task =
      state_.tasks.find(cluster_prefix(context.region, *cluster) + short_name(request.task));
  if (task == nullptr) return task_not_found();
  const auto& all = task->task.containers;
  if (request.container &&
      std::ranges::find(all, request.container, &shape::Container::name) == all.end()) {
    return invalid_parameter("The container '" + *request.container +
                             "' does not exist in the task.");
  }
  return invalid_parameter(
      "The execute command failed because execute command was not enabled when the task was run or "
      "the execute command agent isn\xe2\x80\x99t running. Wait and try again or run a new task "
      "with "
      "execute command enabled and try again.");
}

}  // namespace seatrial::services::ecs

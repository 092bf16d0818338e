#include "services/ecs/task_factory.h"

#include <algorithm>

namespace seatrial::services::ecs {
namespace {

std::string ecs_arn(const NewTask& wanted, std::string resource) {
  return Arn{"aws", "ecs", wanted.region, wanted.account, std::move(resource)}.text();
}

shape::Attachment make_attachment(const NewTask& wanted, Rng& rng) {
  shape::Attachment attachment;
  attachment.id = rng.uuid();
  attachment.type = "ElasticNetworkInterface";
  attachment.status = "PRECREATED";
  attachment.details = std::vector<shape::KeyValuePair>{{"subnetId", wanted.subnet.id}};
  return attachment;
}

const shape::ContainerOverride* override_of(const NewTask& wanted, const std::string& name) {
  const auto& all = wanted.overrides.containerOverrides;
  const auto found = std::ranges::find(all, name, &shape::ContainerOverride::name);
  return found == all.end() ? nullptr : &*found;
}

shape::Container make_container(const NewTask& wanted, const shape::ContainerDefinition& from,
                                const std::string& task_id, Rng& rng) {
  const auto* changed = override_of(wanted, *from.name);
  const auto memory = changed != nullptr && changed->memory ? changed->memory : from.memory;
  const auto cpu = changed != nullptr && changed->cpu ? changed->cpu : from.cpu;
  shape::Container container;
  container.containerArn =
      ecs_arn(wanted, fmt::format("container/{}/{}/{}", wanted.cluster, task_id, rng.uuid()));
  container.taskArn = ecs_arn(wanted, fmt::format("task/{}/{}", wanted.cluster, task_id));
  container.name = from.name;
  container.image = from.image;
  container.lastStatus = status::kPending;
  container.networkBindings.given = container.networkInterfaces.given = true;
  container.healthStatus = "UNKNOWN";
  container.cpu = std::to_string(cpu.value_or(0));
  if (memory) container.memory = std::to_string(*memory);
  if (from.memoryReservation) {
    container.memoryReservation = std::to_string(*from.memoryReservation);
  }
  return container;
}

shape::Task make_visible(const NewTask& wanted, const std::string& id, Rng& rng, Time now) {
  const shape::TaskDefinition& definition = wanted.definition.definition;
  shape::Task task;
  task.taskArn = ecs_arn(wanted, fmt::format("task/{}/{}", wanted.cluster, id));
  task.clusterArn = ecs_arn(wanted, "cluster/" + wanted.cluster);
  task.taskDefinitionArn = definition.taskDefinitionArn;
  task.attachments = std::vector{make_attachment(wanted, rng)};
  task.attributes = std::vector<shape::Attribute>{{"ecs.cpu-architecture", "x86_64"}};
  task.availabilityZone = wanted.subnet.zone;
  for (const auto& container : definition.containerDefinitions) {
    task.containers.push_back(make_container(wanted, container, id, rng));
  }
  task.cpu = wanted.overrides.cpu ? wanted.overrides.cpu : definition.cpu;
  task.memory = wanted.overrides.memory ? wanted.overrides.memory : definition.memory;
  task.createdAt = now;
  task.desiredStatus = status::kRunning;
  task.lastStatus = status::kProvisioning;
  task.enableExecuteCommand = false;
  task.group = wanted.group;
  task.healthStatus = "UNKNOWN";
  task.launchType = wanted.launch_type.value_or("FARGATE");
  task.capacityProviderName = wanted.capacity_provider;
  task.platformVersion = kPlatformVersion;
  task.platformFamily = "Linux";
  task.startedBy = wanted.started_by;
  task.overrides = wanted.overrides;
  task.tags = wanted.tags;
  task.version = 1;
  return task;
}

}  // namespace

TaskRecord make_task(NewTask wanted, Rng& rng, Time now) {
  auto& overrides = wanted.overrides.containerOverrides;
  for (const auto& container : wanted.definition.definition.containerDefinitions) {
    if (override_of(wanted, *container.name) == nullptr) {
      overrides.push_back({.name = container.name});
    }
  }
  wanted.overrides.inferenceAcceleratorOverrides.given = true;
  TaskRecord record;
  record.id = new_task_id(rng);
  record.task = make_visible(wanted, record.id, rng, now);
  record.region = wanted.region;
  record.cluster = wanted.cluster;
  record.service = wanted.service;
  record.deployment = wanted.deployment;
  record.cidr = wanted.subnet.cidr;
  record.client_token = wanted.client_token;
  record.targets = std::move(wanted.targets);
  return record;
}

std::string least_used_subnet(const std::vector<std::string>& subnets,
                              const std::vector<const TaskRecord*>& tasks) {
  const auto used = [&](const std::string& subnet) {
    return std::ranges::count_if(tasks, [&](const TaskRecord* task) {
      return attachment_detail(*task, "subnetId") == subnet;
    });
  };
  return *std::ranges::min_element(subnets, {}, used);
}

std::string_view attachment_detail(const TaskRecord& task, std::string_view name) {
  for (const auto& detail : task.task.attachments.front().details) {
    if (detail.name == name) return *detail.value;
  }
  return {};
}

void set_attachment_detail(TaskRecord& task, std::string_view name, std::string value) {
  auto& details = task.task.attachments.front().details;
  const auto found = std::ranges::find(
      details, name, [](const shape::KeyValuePair& pair) { return std::string_view(*pair.name); });
  if (found != details.end())
    found->value = std::move(value);
  else
    details.push_back({std::string(name), std::move(value)});
}

}  // namespace seatrial::services::ecs

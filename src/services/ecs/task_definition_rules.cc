// Each rule is a small function that fails or passes; lists of members that cannot be honoured are
// tables, so that supporting one is deleting its line.
#include "services/ecs/task_definition_rules.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace seatrial::services::ecs {
namespace {

using Check = Outcome<void>;

// A number with an optional unit after it, times `scale` when the unit is there.
std::optional<int> scaled(std::string_view text, std::string_view unit, int scale) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number <= 0 || number > 1'000'000) return std::nullopt;
  std::string tail(rest, text.data() + text.size());
  std::erase(tail, ' ');
  std::ranges::transform(tail, tail.begin(), [](unsigned char c) { return std::tolower(c); });
  if (tail.empty()) return static_cast<int>(number);
  if (tail != unit) return std::nullopt;
  return static_cast<int>(number * scale);
}

struct Refusal {
  bool used;
  const char* what;
};

Check refuse(std::initializer_list<Refusal> refusals) {
  for (const Refusal& refusal : refusals) {
    if (refusal.used) return unsupported(refusal.what);
  }
  return {};
}

Check check_task_features(const shape::RegisterTaskDefinitionRequest& r) {
  const auto runs_elsewhere = [](const std::string& c) { return c != "FARGATE"; };
  const bool arm =
      r.runtimePlatform && r.runtimePlatform->cpuArchitecture.value_or("X86_64") != "X86_64";
  const bool windows =
      r.runtimePlatform && r.runtimePlatform->operatingSystemFamily.value_or("LINUX") != "LINUX";
  return refuse({
      {!r.volumes.empty(), "'volumes' of a task definition"},
      {!r.placementConstraints.empty(), "'placementConstraints' of a task definition"},
      {r.pidMode.has_value(), "'pidMode'"},
      {r.ipcMode.has_value(), "'ipcMode'"},
      {r.proxyConfiguration.has_value(), "'proxyConfiguration'"},
      {!r.inferenceAccelerators.empty(), "'inferenceAccelerators'"},
      {r.ephemeralStorage.has_value(), "'ephemeralStorage'"},
      {r.enableFaultInjection.value_or(false), "'enableFaultInjection'"},
      {arm, "a cpuArchitecture other than X86_64"},
      {windows, "an operatingSystemFamily other than LINUX"},
      {std::ranges::any_of(r.requiresCompatibilities, runs_elsewhere),
       "a compatibility other than FARGATE"},
  });
}

Check check_container_features(const shape::ContainerDefinition& c) {
  const bool linux_parameters =
      c.linuxParameters && c.linuxParameters->initProcessEnabled.value_or(true);
  const std::string user = c.user.value_or("");
  return refuse({
      {c.healthCheck.has_value(), "'healthCheck' of a container definition"},
      {c.repositoryCredentials.has_value(), "'repositoryCredentials'"},
      {!c.links.empty(), "'links'"},
      {c.restartPolicy && c.restartPolicy->enabled, "'restartPolicy'"},
      {!c.environmentFiles.empty(), "'environmentFiles'"},
      {!c.mountPoints.empty(), "'mountPoints'"},
      {!c.volumesFrom.empty(), "'volumesFrom'"},
      {linux_parameters, "'linuxParameters'"},
      {c.startTimeout.has_value(), "'startTimeout'"},
      {c.versionConsistency == "enabled", "'versionConsistency' enabled"},
      {c.hostname.has_value(), "'hostname'"},
      {!user.empty() && user != "root" && user != "0", "'user'"},
      {c.disableNetworking.value_or(false), "'disableNetworking'"},
      {c.privileged.value_or(false), "'privileged'"},
      {c.readonlyRootFilesystem.value_or(false), "'readonlyRootFilesystem'"},
      {!c.dnsServers.empty() || !c.dnsSearchDomains.empty(), "'dnsServers'"},
      {!c.extraHosts.empty(), "'extraHosts'"},
      {!c.dockerSecurityOptions.empty(), "'dockerSecurityOptions'"},
      {c.interactive.value_or(false), "'interactive'"},
      {c.pseudoTerminal.value_or(false), "'pseudoTerminal'"},
      {!c.ulimits.empty(), "'ulimits'"},
      {!c.systemControls.empty(), "'systemControls'"},
      {!c.resourceRequirements.empty(), "'resourceRequirements'"},
      {c.firelensConfiguration.has_value(), "'firelensConfiguration'"},
      {!c.credentialSpecs.empty(), "'credentialSpecs'"},
  });
}

Check check_log_configuration(const shape::LogConfiguration& log) {
  static const std::set<std::string, std::less<>> kOptions = {
      "awslogs-group",        "awslogs-region", "awslogs-stream-prefix",
      "awslogs-create-group", "mode",           "max-buffer-size"};
  if (log.logDriver != "awslogs") return unsupported("log driver '" + log.logDriver + "'");
  if (!log.secretOptions.empty()) return unsupported("'secretOptions'");
  for (const auto& [name, value] : log.options) {
    if (!kOptions.contains(name)) return unsupported("log option '" + name + "'");
  }
  for (const char* needed : {"awslogs-group", "awslogs-region", "awslogs-stream-prefix"}) {
    if (!log.options.contains(needed)) {
      return client_error(fmt::format("Log driver awslogs requires options: {}", needed));
    }
  }
  return {};
}

// Port mappings with what AWS fills in.
Check complete_ports(shape::ContainerDefinition& container) {
  for (auto& port : container.portMappings) {
    if (port.containerPortRange) return unsupported("'containerPortRange'");
    if (!port.containerPort || *port.containerPort < 1 || *port.containerPort > 65'535) {
      return client_error("Invalid 'containerPort' setting for container '" + *container.name +
                          "'");
    }
    if (port.hostPort.value_or(0) != 0 && port.hostPort != port.containerPort) {
      return client_error(
          "When networkMode=awsvpc, the host ports and container ports in port mappings must "
          "match.");
    }
    port.hostPort = port.containerPort;
    if (!port.protocol) port.protocol = "tcp";
  }
  return {};
}

// Lists that AWS always shows, also when empty.
void complete_lists(shape::ContainerDefinition& container) {
  container.portMappings.given = true;
  container.environment.given = true;
  container.mountPoints.given = true;
  container.volumesFrom.given = true;
  container.systemControls.given = true;
  if (!container.cpu) container.cpu = 0;
  if (!container.essential) container.essential = true;
}

Check check_container(shape::ContainerDefinition& container) {
  if (!container.name || container.name->empty()) {
    return client_error("Container.name should not be null or empty.");
  }
  const auto legal = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (container.name->size() > 255 || !std::ranges::all_of(*container.name, legal)) {
    return client_error("Invalid container name: " + *container.name);
  }
  if (!container.image || container.image->empty()) {
    return client_error("Container.image should not be null or empty.");
  }
  if (container.stopTimeout.value_or(30) < 0 || container.stopTimeout.value_or(30) > 120) {
    return client_error("Fargate tasks require 'stopTimeout' to be between 0 and 120 seconds.");
  }
  if (container.memory.value_or(6) < 6) {
    return client_error("Invalid setting for container '" + *container.name +
                        "'. 'memory' must be at least 6 MiB.");
  }
  if (auto ok = check_container_features(container); !ok) return ok;
  if (container.logConfiguration) {
    if (auto ok = check_log_configuration(*container.logConfiguration); !ok) return ok;
  }
  complete_lists(container);
  return complete_ports(container);
}

Check check_names_and_essentials(const shape::TaskDefinition& definition) {
  if (definition.containerDefinitions.empty()) {
    return client_error("Container list cannot be empty.");
  }
  std::set<std::string> names;
  bool essential = false;
  for (const auto& container : definition.containerDefinitions) {
    if (!names.insert(*container.name).second) {
      return client_error("Container name '" + *container.name + "' is used more than once.");
    }
    essential |= *container.essential;
  }
  if (!essential) {
    return client_error("TaskDefinition does not contain any essential container.");
  }
  return {};
}

Check check_dependency(const shape::TaskDefinition& definition,
                       const shape::ContainerDefinition& from,
                       const shape::ContainerDependency& on) {
  const auto& all = definition.containerDefinitions;
  const auto found = std::ranges::find(all, on.containerName, &shape::ContainerDefinition::name);
  if (found == all.end() || on.containerName == *from.name) {
    return client_error("Container '" + *from.name + "' depends on '" + on.containerName +
                        "', which is no other container of the task definition.");
  }
  if (on.condition == "HEALTHY") {
    return client_error("Container '" + *from.name + "' depends on container '" + on.containerName +
                        "' being HEALTHY, which has no health check.");
  }
  if (on.condition != "START" && *found->essential) {
    return client_error("A container that is depended on to be " + on.condition +
                        " cannot be essential: '" + on.containerName + "'.");
  }
  return {};
}

// True when following dependencies from `name` leads back to a container on the way.
bool has_cycle(const shape::TaskDefinition& definition, const std::string& name,
               std::vector<std::string>& way) {
  if (std::ranges::find(way, name) != way.end()) return true;
  way.push_back(name);
  for (const auto& container : definition.containerDefinitions) {
    if (*container.name != name) continue;
    for (const auto& on : container.dependsOn) {
      if (has_cycle(definition, on.containerName, way)) return true;
    }
  }
  way.pop_back();
  return false;
}

Check check_dependencies(const shape::TaskDefinition& definition) {
  for (const auto& container : definition.containerDefinitions) {
    for (const auto& on : container.dependsOn) {
      if (auto ok = check_dependency(definition, container, on); !ok) return ok;
    }
  }
  for (const auto& container : definition.containerDefinitions) {
    std::vector<std::string> way;
    if (has_cycle(definition, *container.name, way)) {
      return client_error("The container dependencies contain a cycle.");
    }
  }
  return {};
}

Check check_size(shape::TaskDefinition& definition) {
  for (const auto& [value, name] :
       {std::pair(&definition.cpu, "cpu"), {&definition.memory, "memory"}}) {
    if (!*value || (*value)->empty()) {
      return client_error(
          fmt::format("Fargate requires that '{}' be defined at the task level.", name));
    }
  }
  const auto cpu = cpu_units(*definition.cpu);
  const auto memory = memory_mib(*definition.memory);
  if (!cpu)
    return client_error(
        "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of "
        "the Amazon ECS Developer Guide.");
  if (!memory)
    return client_error(
        "Invalid 'memory' setting for task. For more information, see the Troubleshooting section "
        "of the Amazon ECS Developer Guide.");
  if (!fargate_combination(*cpu, *memory)) {
    return client_error(fmt::format(
        "No Fargate configuration exists for given values: {} CPU, {} memory. See the Amazon ECS "
        "documentation for the valid values.",
        *cpu, *memory));
  }
  definition.cpu = std::to_string(*cpu);
  definition.memory = std::to_string(*memory);
  int sum = 0;
  for (const auto& container : definition.containerDefinitions) {
    if (container.memory.value_or(0) > *memory) {
      return client_error("Invalid setting for container '" + *container.name +
                          "'. At least one of the container 'memory' settings is over the task's.");
    }
    sum += container.memoryReservation.value_or(container.memory.value_or(0));
  }
  if (sum > *memory) {
    return client_error("The memory reserved by the containers is over the task's 'memory'.");
  }
  return {};
}

Check check_execution_role(const shape::TaskDefinition& definition) {
  if (definition.executionRoleArn) return {};
  for (const auto& container : definition.containerDefinitions) {
    if (!container.secrets.empty()) {
      return client_error(
          "When you are specifying container secrets, you must also specify a value for "
          "'executionRoleArn'.");
    }
    if (container.logConfiguration) {
      return client_error(
          "Fargate requires task definition to have execution role ARN to support log driver "
          "awslogs.");
    }
  }
  return {};
}

Check check_family(std::string_view family) {
  const auto legal = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (family.empty() || family.size() > 255 || !std::ranges::all_of(family, legal)) {
    return client_error(
        "Family contains invalid characters. Only letters, numbers, hyphens and underscores are "
        "allowed, up to 255.");
  }
  return {};
}

shape::TaskDefinition definition_of(const shape::RegisterTaskDefinitionRequest& request) {
  shape::TaskDefinition definition;
  definition.family = request.family;
  definition.containerDefinitions = request.containerDefinitions;
  definition.containerDefinitions.given = true;
  definition.taskRoleArn = request.taskRoleArn;
  definition.executionRoleArn = request.executionRoleArn;
  definition.networkMode = "awsvpc";
  definition.volumes.given = definition.placementConstraints.given = true;
  definition.compatibilities = std::vector<std::string>{"EC2", "FARGATE"};
  definition.requiresCompatibilities = std::vector<std::string>{"FARGATE"};
  definition.runtimePlatform = request.runtimePlatform;
  definition.cpu = request.cpu;
  definition.memory = request.memory;
  definition.status = status::kActive;
  return definition;
}

void add_attributes(shape::TaskDefinition& definition) {
  std::set<std::string> names = {"com.amazonaws.ecs.capability.docker-remote-api.1.18",
                                 "ecs.capability.task-eni"};
  if (definition.taskRoleArn) names.insert("com.amazonaws.ecs.capability.task-iam-role");
  for (const auto& container : definition.containerDefinitions) {
    if (container.logConfiguration) {
      names.insert("com.amazonaws.ecs.capability.logging-driver.awslogs");
      names.insert("ecs.capability.execution-role-awslogs");
    }
    if (!container.dependsOn.empty()) names.insert("ecs.capability.container-ordering");
    for (const auto& secret : container.secrets) {
      const bool vault = secret.valueFrom.find(":secretsmanager:") != std::string::npos;
      names.insert(vault ? "ecs.capability.secrets.asm.environment-variables"
                         : "ecs.capability.secrets.ssm.environment-variables");
    }
  }
  for (const auto& name : names) definition.requiresAttributes.push_back({.name = name});
}

}  // namespace

std::optional<int> cpu_units(std::string_view text) { return scaled(text, "vcpu", 1024); }
std::optional<int> memory_mib(std::string_view text) { return scaled(text, "gb", 1024); }

bool fargate_combination(int cpu, int memory) {
  struct Row {
    int cpu, least, most, step;
  };
  static constexpr Row kRows[] = {
      {512, 1'024, 4'096, 1'024},     {1'024, 2'048, 8'192, 1'024},
      {2'048, 4'096, 16'384, 1'024},  {4'096, 8'192, 30'720, 1'024},
      {8'192, 16'384, 61'440, 4'096}, {16'384, 32'768, 122'880, 8'192},
  };
  if (cpu == 256) return memory == 512 || memory == 1'024 || memory == 2'048;
  return std::ranges::any_of(kRows, [&](const Row& row) {
    return row.cpu == cpu && memory >= row.least && memory <= row.most && memory % row.step == 0;
  });
}

Outcome<shape::TaskDefinition> checked_definition(
    const shape::RegisterTaskDefinitionRequest& request) {
  if (auto ok = check_family(request.family); !ok) return std::unexpected(ok.error());
  if (auto ok = check_task_features(request); !ok) return std::unexpected(ok.error());
  if (request.requiresCompatibilities.empty()) {
    return unsupported("A task definition whose requiresCompatibilities does not name FARGATE");
  }
  if (request.networkMode.value_or("") != "awsvpc") {
    return client_error("Fargate only supports network mode 'awsvpc'.");
  }
  shape::TaskDefinition definition = definition_of(request);
  for (auto& container : definition.containerDefinitions) {
    if (auto ok = check_container(container); !ok) return std::unexpected(ok.error());
  }
  for (const auto check : {check_names_and_essentials, check_dependencies, check_execution_role}) {
    if (auto ok = check(definition); !ok) return std::unexpected(ok.error());
  }
  if (auto ok = check_size(definition); !ok) return std::unexpected(ok.error());
  add_attributes(definition);
  return definition;
}

}  // namespace seatrial::services::ecs

// Observing, applying and telling; timers and housekeeping are in controller_time.cc.
#include "services/ecs/controller_services.h"

#include <algorithm>

#include "services/ecs/announcements.h"
#include "services/ecs/deployments.h"

namespace seatrial::services::ecs {

namespace rules = decide::ecs_deployment;

namespace {

std::string name_tasks(const std::vector<std::string>& ids) {
  std::string text;
  for (const auto& id : ids) text += fmt::format(" (task {})", id);
  return text;
}

int percent(const shape::Service& service,
            std::optional<int> shape::DeploymentConfiguration::* which, int otherwise) {
  if (!service.deploymentConfiguration) return otherwise;
  return ((*service.deploymentConfiguration).*which).value_or(otherwise);
}

}  // namespace

ServiceController::ServiceController(room::Env& env, State& state, Parts& parts, Wakes& wakes,
                                     TaskController& tasks)
    : env_(env), state_(state), parts_(parts), wakes_(wakes), tasks_(tasks) {}

void ServiceController::event(const Draft& draft, std::string_view text) {
  add_event(state_, draft.key, fmt::format("(service {}) {}", draft.record.name(), text), env_.rng,
            env_.clock.now());
}

void ServiceController::look(const std::string& key) {
  const ServiceRecord* found = state_.services.find(key);
  if (found == nullptr || found->inactive()) return;
  Draft draft{key, *found, tasks_of(state_, *found, key)};
  count_failures(draft);
  tell_notes(draft);
  note_target_health(draft);
  const auto decision = rules::decide(observe(draft), env_.clock.now());
  apply_stops(draft, decision);
  apply_starts(draft, decision);
  tell_hindrances(draft, decision);
  for (const auto& stop : decision.stop) {
    tasks_.look(cluster_prefix(region_of_key(key), draft.record.cluster) + stop.task);
  }
  tell_notes(draft);
  apply_progress(draft, decision);
  finish_deletion(draft);
  if (draft.changed) state_.services.put(key, std::move(draft.record));
  if (!decision.stop.empty() || !decision.start.empty()) wakes_.service(key);
}

// ---- observe ----

// Tasks that ended by themselves: how often in a row they did not even come up spaces out starts.
void ServiceController::count_failures(Draft& draft) {
  for (const TaskRecord* task : draft.tasks) {
    const bool failed = task->task.stopCode == stop_code::kFailedToStart ||
                        task->task.stopCode == stop_code::kEssentialExited;
    if (!failed || task->failure_counted) continue;
    DeploymentState& state = draft.record.state(task->deployment);
    const Time ended = *task->task.stoppingAt;
    const bool came_up = task->task.startedAt && ended - *task->task.startedAt >= kShortRun;
    state.never_ran = !task->task.startedAt;
    state.failures = came_up           ? 0
                     : state.never_ran ? state.failures + 1
                                       : std::min(state.failures + 1, kMostShortRuns);
    state.throttle_told = state.throttle_told && !came_up;
    state.last_failure = ended;
    for (auto& deployment : draft.record.service.deployments) {
      if (deployment.id == task->deployment) {
        deployment.failedTasks = deployment.failedTasks.value_or(0) + 1;
      }
    }
    draft.changed = true;
    state_.tasks.update(task_key(*task),
                        [](TaskRecord& changed) { changed.failure_counted = true; });
  }
}

// A target that was healthy and is being checked from the beginning (its balancer was started anew)
// keeps the benefit of the doubt: else a restart in a deployment would end all old tasks at once.
rules::Health ServiceController::health(const TaskRecord& task) const {
  if (!is_running(task)) return rules::Health::kUnknown;
  auto result = rules::Health::kHealthy;
  for (const TargetRecord& target : task.targets) {
    const auto state =
        parts_.targets.target_state(task.region, target.arn, task.address, target.port);
    if (state && state->state == "unhealthy") return rules::Health::kUnhealthy;
    const bool healthy =
        state && (state->state == "healthy" || (state->state == "initial" && target.seen_healthy));
    if (!healthy) result = rules::Health::kUnknown;
  }
  return result;
}

rules::Task ServiceController::observe(const TaskRecord& task) const {
  const auto last = task.last_status();
  return {.id = task.id,
          .deployment = task.deployment,
          .running = is_running(task),
          .leaving = task.stop_wanted(),
          .drained = last == status::kStopping || last == status::kDeprovisioning,
          .health = health(task),
          .created = *task.task.createdAt,
          .running_since = task.task.startedAt.value_or(Time{}),
          .zone = task.task.availabilityZone.value_or("")};
}

rules::Service ServiceController::observe(const Draft& draft) const {
  const ServiceRecord& record = draft.record;
  const shape::Service& service = record.service;
  rules::Service seen;
  seen.desired = service.desiredCount.value_or(0);
  seen.minimum_healthy_percent =
      percent(service, &shape::DeploymentConfiguration::minimumHealthyPercent, 100);
  seen.maximum_percent = percent(service, &shape::DeploymentConfiguration::maximumPercent, 200);
  seen.grace = Millis{1'000LL * service.healthCheckGracePeriodSeconds.value_or(0)};
  seen.active = record.active();
  seen.steady = record.steady;
  for (const auto& deployment : service.deployments) {
    const auto state = std::ranges::find(record.states, *deployment.id, &DeploymentState::id);
    const DeploymentState known = state == record.states.end() ? DeploymentState{} : *state;
    seen.deployments.push_back({*deployment.id, deployment.status == status::kPrimary,
                                deployment.rolloutState == "COMPLETED", known.failures,
                                known.last_failure});
  }
  for (const TaskRecord* task : draft.tasks) {
    if (!task->stopped()) seen.tasks.push_back(observe(*task));
  }
  return seen;
}

// Remembers that a target was healthy, and tells once that it is unhealthy when that counts. True
// when the record changed.
bool ServiceController::note_target_health(const Draft& draft, const TaskRecord& task,
                                           TargetRecord& target) {
  const auto state =
      parts_.targets.target_state(task.region, target.arn, task.address, target.port);
  const bool first_healthy = state && state->state == "healthy" && !target.seen_healthy;
  if (first_healthy) target.seen_healthy = true;
  const Millis grace{1'000LL * draft.record.service.healthCheckGracePeriodSeconds.value_or(0)};
  if (env_.clock.now() < *task.task.startedAt + grace) return first_healthy;
  const bool unhealthy = state && state->state == "unhealthy";
  if (unhealthy == target.unhealthy_told) return first_healthy;
  target.unhealthy_told = unhealthy;
  if (unhealthy) {
    event(draft, fmt::format("(port {}) is unhealthy in (target-group {}) due to (reason {}).",
                             target.port, target.arn, state->description));
  }
  return true;
}

void ServiceController::note_target_health(Draft& draft) {
  for (const TaskRecord* task : draft.tasks) {
    if (!is_running(*task) || task->stop_wanted()) continue;
    auto targets = task->targets;
    bool changed = false;
    for (TargetRecord& target : targets) changed |= note_target_health(draft, *task, target);
    if (!changed) continue;
    state_.tasks.update(task_key(*task), [&](TaskRecord& record) { record.targets = targets; });
  }
}

// ---- apply ----

std::string ServiceController::stop_reason(const TaskRecord& task, const rules::Stop& stop) const {
  if (stop.cause == rules::StopCause::kUnhealthy) {
    for (const TargetRecord& target : task.targets) {
      if (target.unhealthy_told) {
        return fmt::format("Task failed ELB health checks in (target-group {})", target.arn);
      }
    }
  }
  return fmt::format("Scaling activity initiated by (deployment {})", stop.deployment);
}

void ServiceController::apply_stops(Draft& draft, const rules::Decision& decision) {
  std::vector<std::string> ids;
  for (const auto& stop : decision.stop) {
    const std::string key =
        cluster_prefix(region_of_key(draft.key), draft.record.cluster) + stop.task;
    tasks_.request_stop(key, stop_code::kScheduler, stop_reason(*state_.tasks.find(key), stop));
    ids.push_back(stop.task);
    if (stop.cause != rules::StopCause::kUnhealthy) continue;
    for (auto& deployment : draft.record.service.deployments) {
      if (deployment.id != stop.deployment) continue;
      deployment.failedTasks = deployment.failedTasks.value_or(0) + 1;
      draft.changed = true;
    }
  }
  if (ids.empty()) return;
  event(draft, fmt::format("has stopped {} running tasks:{}.", ids.size(), name_tasks(ids)));
}

std::vector<shape::Tag> ServiceController::tags_of_task(
    const ServiceRecord& service, const TaskDefinitionRecord& definition) const {
  std::vector<shape::Tag> tags;
  const std::string from = service.service.propagateTags.value_or("NONE");
  if (from == "SERVICE") tags = service.service.tags;
  if (from == "TASK_DEFINITION") tags = definition.tags;
  if (service.service.enableECSManagedTags.value_or(false)) {
    tags.push_back({"aws:ecs:clusterName", service.cluster});
    tags.push_back({"aws:ecs:serviceName", service.name()});
  }
  return tags;
}

// The id of the new task; empty when it has no place.
std::optional<std::string> ServiceController::start_task(Draft& draft,
                                                         const shape::Deployment& deployment) {
  const shape::Service& service = draft.record.service;
  const std::string region = region_of_key(draft.key);
  const auto* definition = state_.definition_of_arn(*deployment.taskDefinition);
  std::vector<const TaskRecord*> live;
  for (const TaskRecord* task : draft.tasks) {
    if (!task->stop_wanted()) live.push_back(task);
  }
  const auto& network = deployment.networkConfiguration->awsvpcConfiguration;
  const auto subnet = parts_.vpcs.subnet(region, least_used_subnet(network->subnets, live));
  if (definition == nullptr || !subnet) return std::nullopt;
  std::vector<TargetRecord> targets;
  for (const auto& balancer : service.loadBalancers) {
    targets.push_back({*balancer.targetGroupArn, *balancer.containerPort});
  }
  std::optional<std::string> provider;
  if (!service.capacityProviderStrategy.empty()) {
    provider = service.capacityProviderStrategy.front().capacityProvider;
  }
  TaskRecord task = make_task({.region = region,
                               .account = parse_arn(*service.serviceArn)->account,
                               .cluster = draft.record.cluster,
                               .definition = *definition,
                               .subnet = *subnet,
                               .service = draft.record.name(),
                               .deployment = *deployment.id,
                               .started_by = *deployment.id,
                               .group = "service:" + draft.record.name(),
                               .launch_type = service.launchType,
                               .capacity_provider = provider,
                               .tags = tags_of_task(draft.record, *definition),
                               .targets = std::move(targets)},
                              env_.rng, env_.clock.now());
  const std::string key = task_key(task);
  const TaskRecord& stored = state_.tasks.put(key, std::move(task));
  announce_task(parts_.bus, stored, env_.clock.now());
  draft.tasks.push_back(&stored);
  wakes_.task(key);
  return stored.id;
}

void ServiceController::apply_starts(Draft& draft, const rules::Decision& decision) {
  for (const auto& start : decision.start) {
    const shape::Deployment deployment = draft.record.primary();
    std::vector<std::string> ids;
    for (int i = 0; i < start.count; ++i) {
      if (auto id = start_task(draft, deployment)) ids.push_back(std::move(*id));
    }
    if (ids.empty()) continue;
    event(draft, fmt::format("has started {} tasks:{}.", ids.size(), name_tasks(ids)));
  }
}

void ServiceController::apply_progress(Draft& draft, const rules::Decision& decision) {
  ServiceRecord& record = draft.record;
  const Time now = env_.clock.now();
  for (const auto& id : decision.dropped) {
    auto& all = record.service.deployments;
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& d) { return d.id == id; }),
              all.end());
    std::erase_if(record.states, [&](const DeploymentState& state) { return state.id == id; });
    draft.changed = true;
  }
  for (const auto& id : decision.completed) {
    complete_deployment(state_, record, id, now);
    event(draft, fmt::format("(deployment {}) deployment completed.", id));
    for (const auto& deployment : record.service.deployments) {
      if (deployment.id == id)
        announce_deployment(parts_.bus, record, deployment, "COMPLETED", now);
    }
    draft.changed = true;
  }
  if (decision.unsteady) {
    record.steady = false;
    draft.changed = true;
  }
  if (decision.steady) {
    record.steady = draft.changed = true;
    record.steady_told = now;
    event(draft, "has reached a steady state.");
    announce_steady_state(parts_.bus, record, now);
  }
}

void ServiceController::tell_hindrances(Draft& draft, const rules::Decision& decision) {
  DeploymentState& state = draft.record.state(*draft.record.primary().id);
  if (decision.throttled && state.never_ran && !state.throttle_told) {
    state.throttle_told = draft.changed = true;
    event(draft,
          "is unable to consistently start tasks successfully. For more information, see the "
          "Troubleshooting section of the Amazon ECS Developer Guide.");
    announce_start_impaired(parts_.bus, draft.record, env_.clock.now());
  }
  if (decision.blocked && !state.blocked_told) {
    state.blocked_told = draft.changed = true;
    event(draft,
          "was unable to stop or start tasks during a deployment because of the service deployment "
          "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.");
  }
}

void ServiceController::tell_notes(const Draft& draft) {
  const ServiceNotes notes = tasks_.take_notes(draft.key);
  for (const auto& [arn, count] : notes.registered) {
    event(draft, fmt::format("registered {} targets in (target-group {})", count, arn));
  }
  for (const auto& [arn, count] : notes.deregistered) {
    event(draft, fmt::format("deregistered {} targets in (target-group {})", count, arn));
  }
  for (const auto& [deployment, count] : notes.draining) {
    add_event(state_, draft.key,
              fmt::format("(service {}, taskSet {}) has begun draining connections on {} tasks.",
                          draft.record.name(), deployment, count),
              env_.rng, env_.clock.now());
  }
  for (const auto& text : notes.texts) event(draft, text);
}

// A deleted service is INACTIVE once its last task has stopped.
void ServiceController::finish_deletion(Draft& draft) {
  ServiceRecord& record = draft.record;
  if (record.active()) return;
  for (const TaskRecord* task : draft.tasks) {
    if (!task->stopped()) return;
  }
  record.service.status = status::kInactive;
  record.service.deployments.clear();
  record.states.clear();
  record.inactive_since = env_.clock.now();
  draft.changed = true;
}

}  // namespace seatrial::services::ecs

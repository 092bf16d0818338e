#include "services/ecs/controller_tasks.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "services/ecs/announcements.h"

namespace seatrial::services::ecs {
namespace {

constexpr int kMaxSteps = 16;               // of one look; the longest way has 7
constexpr Millis kMostDraining{3'700'000};  // over the longest deregistration delay (3600 s)

bool any_container(const TaskRecord& task, std::string_view status) {
  return std::ranges::any_of(task.task.containers, [&](const shape::Container& container) {
    return container.lastStatus == status;
  });
}

}  // namespace

TaskController::TaskController(room::Env& env, State& state, Parts& parts, Wakes& wakes,
                               Executor& background)
    : env_(env),
      state_(state),
      parts_(parts),
      wakes_(wakes),
      background_(background),
      runner_(env, state, parts, wakes) {}

void TaskController::start() {
  runner_.adopt();
  std::vector<std::string> keep;
  for (const auto& [key, task] : state_.tasks) {
    if (task.stopped()) continue;
    keep.push_back(task.id);
    wakes_.task(key);
  }
  background_.post([network = &parts_.network, keep] { network->sweep(keep); });
}

void TaskController::request_stop(const std::string& key, std::string_view code,
                                  const std::string& reason) {
  const TaskRecord* task = state_.tasks.find(key);
  if (task == nullptr || task->stop_wanted()) return;
  state_.tasks.update(key, [&](TaskRecord& changed) {
    changed.task.desiredStatus = status::kStopped;
    changed.task.stopCode = code;
    changed.task.stoppedReason = reason;
    changed.task.stoppingAt = env_.clock.now();
    changed.task.version = changed.task.version.value_or(0) + 1;
  });
  announce(key);
  wakes_.task(key);
}

void TaskController::look(const std::string& key) {
  static const std::map<std::string_view, Step> kSteps = {
      {status::kProvisioning, &TaskController::provision},
      {status::kPending, &TaskController::start_containers},
      {status::kActivating, &TaskController::activate},
      {status::kRunning, &TaskController::run},
      {status::kDeactivating, &TaskController::deactivate},
      {status::kStopping, &TaskController::stop_containers},
      {status::kDeprovisioning, &TaskController::deprovision},
  };
  for (int i = 0; i < kMaxSteps; ++i) {
    const TaskRecord* task = state_.tasks.find(key);
    if (task == nullptr) return;
    const auto step = kSteps.find(task->last_status());
    if (step == kSteps.end() || !(this->*step->second)(key, *task)) return;
  }
  ST_CHECK(false, "a task goes round in circles");
}

bool TaskController::move_to(const std::string& key, std::string_view next) {
  const Time now = env_.clock.now();
  state_.tasks.update(key, [&](TaskRecord& task) {
    task.task.lastStatus = next;
    task.task.version = task.task.version.value_or(0) + 1;
    if (next == status::kPending) task.task.pullStartedAt = now;
    if (next == status::kRunning) task.task.startedAt = now;
    if (next == status::kDeprovisioning) task.task.executionStoppedAt = now;
    if (next == status::kStopped) task.task.stoppedAt = now;
  });
  announce(key);
  wake_service(*state_.tasks.find(key));
  return true;
}

void TaskController::announce(const std::string& key) {
  if (const TaskRecord* task = state_.tasks.find(key))
    announce_task(parts_.bus, *task, env_.clock.now());
}

void TaskController::wake_service(const TaskRecord& task) {
  if (!task.service.empty()) wakes_.service(task.service_key());
}

void TaskController::fail_task(const std::string& key, std::string_view code,
                               const std::string& reason) {
  request_stop(key, code, reason);
  wake_service(*state_.tasks.find(key));
}

const shape::TaskDefinition& TaskController::definition_of(const TaskRecord& task) const {
  const auto* record = state_.definition_of_arn(*task.task.taskDefinitionArn);
  ST_CHECK(record != nullptr, "a task's definition is gone");  // deregistering keeps it
  return record->definition;
}

void TaskController::in_background(std::function<void()> work, std::function<void()> then) {
  background_.post(
      [work = std::move(work), then = wakes_.guarded(std::move(then)), control = &env_.control] {
        work();
        control->post(then);
      });
}

// ---- PROVISIONING ----

bool TaskController::provision(const std::string& key, const TaskRecord& task) {
  if (in_flight_.contains(key)) return false;
  if (task.stop_wanted()) return move_to(key, status::kDeprovisioning);
  in_flight_.insert(key);
  const auto result = std::make_shared<std::expected<drivers::TaskNetwork, std::string>>();
  in_background([result, id = task.id, cidr = task.cidr,
                 network = &parts_.network] { *result = network->attach(id, cidr); },
                [this, key, result] { network_attached(key, *result); });
  return false;
}

void TaskController::network_attached(const std::string& key,
                                      std::expected<drivers::TaskNetwork, std::string> network) {
  in_flight_.erase(key);
  const TaskRecord* task = state_.tasks.find(key);
  if (task == nullptr) return;
  wakes_.task(key);
  if (!network) {
    fail_task(
        key, stop_code::kFailedToStart,
        "ResourceInitializationError: failed to configure the task's network: " + network.error());
    return;
  }
  state_.tasks.update(key, [&](TaskRecord& changed) {
    changed.address = network->address;
    changed.network_namespace = network->namespace_name;
    changed.task.attachments.front().status = "ATTACHED";
    std::string dns = "ip-" + network->address;
    std::ranges::replace(dns, '.', '-');
    set_attachment_detail(changed, "networkInterfaceId", "eni-" + changed.id.substr(0, 17));
    set_attachment_detail(changed, "macAddress", network->mac);
    set_attachment_detail(changed, "privateDnsName",
                          dns + "." + changed.region + ".compute.internal");
    set_attachment_detail(changed, "privateIPv4Address", network->address);
    for (auto& container : changed.task.containers) {
      container.networkInterfaces =
          std::vector<shape::NetworkInterface>{{.attachmentId = changed.task.attachments.front().id,
                                                .privateIpv4Address = network->address}};
    }
    changed.task.connectivity = "CONNECTED";
    changed.task.connectivityAt = env_.clock.now();
  });
  if (!task->stop_wanted()) move_to(key, status::kPending);
}

// ---- PENDING ----

// What ended containers mean for a task that is wanted: true when it now has to stop.
// guess: any container that does not start fails the task, also one that is not essential.
bool TaskController::conclude_from_containers(const std::string& key, const TaskRecord& task) {
  for (const auto& container : task.task.containers) {
    if (container.lastStatus == status::kStopped && !container.exitCode) {
      fail_task(key, stop_code::kFailedToStart, container.reason.value_or("Task failed to start"));
      return true;
    }
  }
  for (const auto& wanted : definition_of(task).containerDefinitions) {
    if (!wanted.essential.value_or(true)) continue;
    if (container_of(task, *wanted.name).lastStatus != status::kStopped) continue;
    fail_task(key, stop_code::kEssentialExited, "Essential container in task exited");
    return true;
  }
  return false;
}

bool TaskController::start_containers(const std::string& key, const TaskRecord& task) {
  if (task.stop_wanted() || conclude_from_containers(key, task)) {
    return move_to(key, status::kStopping);
  }
  if (!any_container(task, status::kPending)) {
    state_.tasks.update(key, [&](TaskRecord& t) { t.task.pullStoppedAt = env_.clock.now(); });
    return move_to(key, status::kActivating);
  }
  for (const auto& container : definition_of(task).containerDefinitions) {
    if (container_of(task, *container.name).lastStatus != status::kPending) continue;
    const Readiness ready = readiness(task, container);
    if (ready == Readiness::kWaiting) continue;
    if (ready == Readiness::kBroken) {
      fail_task(key, stop_code::kFailedToStart,
                "A container that '" + *container.name + "' depends on did not succeed");
      return true;
    }
    if (const auto started = runner_.start(key, container); !started) {
      fail_task(key, stop_code::kFailedToStart, started.error());
      return true;
    }
  }
  return false;
}

// ---- ACTIVATING, RUNNING ----

void TaskController::register_targets(const std::string& key, const TaskRecord& task) {
  ServiceNotes& notes = notes_[task.service_key()];
  std::vector<TargetRecord> targets = task.targets;
  for (TargetRecord& target : targets) {
    if (target.registered) continue;
    const auto done = parts_.targets.register_target(task.region, target.arn, task.address,
                                                     target.port, *task.task.availabilityZone);
    if (done) {
      target.registered = true;
      notes.registered[target.arn] += 1;
    } else {
      notes.texts.push_back(fmt::format("was unable to register targets in (target-group {}): {}",
                                        target.arn, done.error().message));
    }
  }
  state_.tasks.update(key, [&](TaskRecord& changed) { changed.targets = targets; });
}

bool TaskController::activate(const std::string& key, const TaskRecord& task) {
  if (task.stop_wanted() || conclude_from_containers(key, task)) {
    return move_to(key, status::kDeactivating);
  }
  if (!task.targets.empty()) register_targets(key, task);
  return move_to(key, status::kRunning);
}

bool TaskController::run(const std::string& key, const TaskRecord& task) {
  if (!task.stop_wanted() && !conclude_from_containers(key, task)) return false;
  return move_to(key, status::kDeactivating);
}

// ---- DEACTIVATING ----

void TaskController::deregister_targets(const std::string& key, const TaskRecord& task) {
  ServiceNotes& notes = notes_[task.service_key()];
  std::vector<TargetRecord> targets = task.targets;
  bool any = false;
  for (TargetRecord& target : targets) {
    if (!target.registered || target.deregistered) continue;
    parts_.targets.deregister_target(task.region, target.arn, task.address, target.port);
    target.deregistered = any = true;
    notes.deregistered[target.arn] += 1;
  }
  if (!any) return;
  if (any_container(task, status::kRunning)) notes.draining[task.deployment] += 1;
  state_.tasks.update(key, [&](TaskRecord& changed) { changed.targets = targets; });
}

bool TaskController::drained(const TaskRecord& task) const {
  if (env_.clock.now() >= *task.task.stoppingAt + kMostDraining) return true;
  return std::ranges::all_of(task.targets, [&](const TargetRecord& target) {
    if (!target.registered) return true;
    const auto state =
        parts_.targets.target_state(task.region, target.arn, task.address, target.port);
    return !state || state->state == "unused";
  });
}

bool TaskController::waits_for_time(const TaskRecord& task) const {
  return task.last_status() == status::kDeactivating;
}

// The targets drain while the containers still serve; dead containers have nothing to drain.
bool TaskController::deactivate(const std::string& key, const TaskRecord& task) {
  deregister_targets(key, task);
  const TaskRecord& now = *state_.tasks.find(key);
  const bool serves =
      any_container(now, status::kRunning) && now.task.stopCode != stop_code::kEssentialExited;
  if (serves && !drained(now)) return false;
  return move_to(key, status::kStopping);
}

// ---- STOPPING, DEPROVISIONING ----

bool TaskController::stop_containers(const std::string& key, const TaskRecord& task) {
  const auto& definition = definition_of(task);
  std::vector<std::string> never_started;
  bool waiting = false;
  for (const auto& container : definition.containerDefinitions) {
    const std::string id = container_id(task.id, *container.name);
    if (container_of(task, *container.name).lastStatus == status::kStopped) continue;
    if (!runner_.started(id)) {
      never_started.push_back(*container.name);
      continue;
    }
    waiting = true;
    const Millis grace{1'000 * container.stopTimeout.value_or(kDefaultStopTimeoutS)};
    if (may_stop(task, definition, *container.name)) runner_.stop(id, grace);
  }
  if (!never_started.empty()) {
    state_.tasks.update(key, [&](TaskRecord& changed) {
      for (const auto& name : never_started) {
        container_of(changed, name).lastStatus = status::kStopped;
      }
    });
    return true;  // their stopping may free others
  }
  return waiting ? false : move_to(key, status::kDeprovisioning);
}

bool TaskController::deprovision(const std::string& key, const TaskRecord& task) {
  if (!in_flight_.insert(key).second) return false;
  in_background([id = task.id, network = &parts_.network] { network->detach(id); },
                [this, key] { network_detached(key); });
  return false;
}

void TaskController::network_detached(const std::string& key) {
  in_flight_.erase(key);
  const TaskRecord* task = state_.tasks.find(key);
  if (task == nullptr) return;
  state_.tasks.update(key, [](TaskRecord& changed) {
    changed.task.attachments.front().status = "DELETED";
    changed.task.connectivity = "DISCONNECTED";
    for (auto& container : changed.task.containers) container.lastStatus = status::kStopped;
  });
  move_to(key, status::kStopped);
  // The record must be durable before the driver forgets how the containers ended.
  env_.store.commit([control = &env_.control, release = wakes_.guarded([this, key] {
    if (const auto* done = state_.tasks.find(key)) runner_.release(*done);
  })](const std::string& error) {
    if (error.empty()) control->post(release);
  });
}

ServiceNotes TaskController::take_notes(const std::string& service_key) {
  const auto notes = notes_.find(service_key);
  if (notes == notes_.end()) return {};
  auto taken = std::move(notes->second);
  notes_.erase(notes);
  return taken;
}

}  // namespace seatrial::services::ecs

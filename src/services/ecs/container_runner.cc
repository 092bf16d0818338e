#include "services/ecs/container_runner.h"

#include "base/log.h"
#include "services/ecs/secrets.h"

namespace seatrial::services::ecs {
namespace {

constexpr std::string_view kVanished = "The container was gone when the world was started again";
constexpr std::string_view kOutOfMemory = "OutOfMemoryError: Container killed due to memory usage";
constexpr int kKilled = 137;

}  // namespace

std::string ContainerRunner::endpoint() const {
  const int port = parts_.api_port();
  return port == 0 ? "" : fmt::format("http://{}:{}", parts_.network.api_address(), port);
}

void ContainerRunner::adopt() {
  std::map<std::string, std::string> key_of;  // by task id
  for (const auto& [key, task] : state_.tasks) {
    if (!task.stopped()) key_of[task.id] = key;
  }
  for (const auto& status : parts_.containers.list()) {
    const auto owner = key_of.find(status.id.substr(0, kTaskIdLength));
    if (owner != key_of.end()) {
      adopt_known(status, owner->second);
    } else {
      log::info("ecs: container {} belongs to no task: it is ended", status.id);
      running_[status.id] = {.ended = !status.running, .released = true};
    }
  }
  record_vanished();
  parts_.containers.attach(*this);
  std::vector<std::string> orphans;
  for (const auto& [id, running] : running_) {
    if (running.released) orphans.push_back(id);
  }
  for (const auto& id : orphans) {
    if (running_.at(id).ended)
      remove_if_done(id);
    else
      parts_.containers.stop(id, Millis{0});
  }
}

void ContainerRunner::adopt_known(const drivers::ContainerStatus& status,
                                  const std::string& task_key) {
  const TaskRecord& task = *state_.tasks.find(task_key);
  const std::string name = status.id.substr(kTaskIdLength + 1);
  Running running{.task_key = task_key, .container = name};
  if (const auto* record = state_.definition_of_arn(*task.task.taskDefinitionArn)) {
    for (const auto& container : record->definition.containerDefinitions) {
      if (container.name == name) running.log = log_target(task, container);
    }
  }
  running_[status.id] = std::move(running);
  if (status.running) record_started(status.id);
  if (!status.exit) return;
  // An end that nobody watched (`down` ends all) says nothing of the service's deployment.
  state_.tasks.update(task_key, [](TaskRecord& ended) { ended.failure_counted = true; });
  record_exit(*status.exit);
}

// A container that the record says runs and the driver does not know. A task that was only about
// to start begins again with its network.
void ContainerRunner::record_vanished() {
  std::vector<std::string> keys;
  for (const auto& [key, task] : state_.tasks) {
    if (!task.stopped()) keys.push_back(key);
  }
  for (const auto& key : keys) {
    state_.tasks.update(key, [&](TaskRecord& task) {
      bool any = false;
      for (auto& container : task.task.containers) {
        any |= running_.contains(container_id(task.id, *container.name));
        if (container.lastStatus != status::kRunning) continue;
        if (running_.contains(container_id(task.id, *container.name))) continue;
        container.lastStatus = status::kStopped;
        container.exitCode = kKilled;
        container.reason = kVanished;
        task.failure_counted = true;
      }
      if (!any && task.last_status() == status::kPending)
        task.task.lastStatus = status::kProvisioning;
    });
    wakes_.task(key);
  }
}

std::expected<void, std::string> ContainerRunner::start(
    const std::string& task_key, const shape::ContainerDefinition& container) {
  const TaskRecord& task = *state_.tasks.find(task_key);
  auto spec = container_spec(task, container, endpoint());
  if (running_.contains(spec.id)) return {};
  auto secrets = resolve_secrets(parts_, task.region, container);
  if (!secrets) return std::unexpected(std::move(secrets.error()));
  for (auto& [name, value] : *secrets) spec.environment[name] = std::move(value);
  auto log = log_target(task, container);
  if (log) {
    const auto made =
        parts_.logs.ensure_stream(log->region, log->group, log->stream, log->create_group);
    if (!made) {
      return std::unexpected(fmt::format(
          "ResourceInitializationError: failed to validate logger args: create stream has been "
          "retried 1 times: failed to create Cloudwatch log stream: {}: {} : exit status 1",
          made.error().code, made.error().message));
    }
  }
  running_[spec.id] = {.task_key = task_key, .container = *container.name, .log = std::move(log)};
  parts_.containers.start(std::move(spec));
  return {};
}

void ContainerRunner::stop(const std::string& id, Millis grace) {
  const auto running = running_.find(id);
  if (running == running_.end() || running->second.stop_sent) return;
  running->second.stop_sent = true;
  const auto wall = std::chrono::ceil<Millis>(env_.clock.wall(grace));
  parts_.containers.stop(id, wall);
}

void ContainerRunner::release(const TaskRecord& task) {
  for (const auto& container : task.task.containers) {
    const std::string id = container_id(task.id, *container.name);
    const auto running = running_.find(id);
    if (running == running_.end()) continue;
    running->second.released = true;
    remove_if_done(id);
  }
}

void ContainerRunner::remove_if_done(const std::string& id) {
  const Running& running = running_.at(id);
  if (!running.ended || !running.released || running.unsafe_outputs > 0) return;
  parts_.containers.remove(id);
  running_.erase(id);
}

// ---- events, on the driver's threads ----

void ContainerRunner::container_started(const std::string& id) {
  wakes_.post([this, id] {
    record_started(id);
    env_.store.commit(nullptr);
  });
}

void ContainerRunner::container_start_failed(const std::string& id,
                                             const drivers::StartError& error) {
  wakes_.post([this, id, error] {
    record_start_failure(id, error);
    env_.store.commit(nullptr);
  });
}

void ContainerRunner::container_exited(const drivers::ContainerExit& exit) {
  wakes_.post([this, exit] {
    record_exit(exit);
    env_.store.commit(nullptr);
  });
}

void ContainerRunner::container_output(const std::string& id,
                                       std::vector<drivers::OutputLine> lines,
                                       std::uint64_t position) {
  wakes_.post([this, id, lines = std::move(lines), position]() mutable {
    record_output(id, std::move(lines), position);
    env_.store.commit(nullptr);
  });
}

// ---- what they mean, on the control thread ----

template <class F>
void ContainerRunner::change_container(const std::string& id, F&& change) {
  const auto running = running_.find(id);
  if (running == running_.end() || running->second.task_key.empty()) return;
  const std::string key = running->second.task_key;
  state_.tasks.update(key, [&](TaskRecord& task) {
    change(container_of(task, running->second.container), task);
    task.task.version = task.task.version.value_or(0) + 1;
  });
  wakes_.task(key);
}

void ContainerRunner::record_started(const std::string& id) {
  if (const auto running = running_.find(id); running != running_.end()) {
    running->second.stop_sent = false;  // a stop sent before the start may have met nothing
  }
  change_container(id, [&](shape::Container& container, TaskRecord& task) {
    if (container.lastStatus != status::kPending) return;
    container.lastStatus = status::kRunning;
    container.runtimeId = fmt::format("{}-{:010}", task.id, env_.rng.below(10'000'000'000));
  });
}

void ContainerRunner::record_start_failure(const std::string& id,
                                           const drivers::StartError& error) {
  if (const auto running = running_.find(id); running != running_.end())
    running->second.ended = true;
  change_container(id, [&](shape::Container& container, TaskRecord&) {
    container.lastStatus = status::kStopped;
    container.reason = error.code + ": " + error.message;
  });
}

void ContainerRunner::record_exit(const drivers::ContainerExit& exit) {
  const auto running = running_.find(exit.id);
  if (running == running_.end()) return;
  running->second.ended = true;
  change_container(exit.id, [&](shape::Container& container, TaskRecord&) {
    container.lastStatus = status::kStopped;
    container.exitCode = exit.exit_code;
    if (exit.out_of_memory) container.reason = kOutOfMemory;
  });
  remove_if_done(exit.id);
}

void ContainerRunner::record_output(const std::string& id, std::vector<drivers::OutputLine> lines,
                                    std::uint64_t position) {
  const auto running = running_.find(id);
  if (running == running_.end() || !running->second.log) {
    parts_.containers.acknowledge_output(id, position);
    return;
  }
  const LogTarget log = *running->second.log;
  std::vector<logs::LogLine> events;
  events.reserve(lines.size());
  for (auto& line : lines) events.push_back({line.at, std::move(line.text)});
  running->second.unsafe_outputs += 1;
  parts_.logs.append(log.region, log.group, log.stream, std::move(events),
                     [control = &env_.control, safe = wakes_.guarded([this, id, position] {
                       output_is_safe(id, position);
                     })] { control->post(safe); });
}

void ContainerRunner::output_is_safe(const std::string& id, std::uint64_t position) {
  parts_.containers.acknowledge_output(id, position);
  const auto running = running_.find(id);
  if (running == running_.end()) return;
  running->second.unsafe_outputs -= 1;
  remove_if_done(id);
}

}  // namespace seatrial::services::ecs

// The service controller's timers: the tick while something is under way, and housekeeping.
#include "services/ecs/announcements.h"
#include "services/ecs/controller_services.h"
#include "services/ecs/deployments.h"

namespace seatrial::services::ecs {

void ServiceController::start() {
  for (const auto& [key, service] : state_.services) {
    if (!service.inactive()) wakes_.service(key);
  }
  parts_.targets.on_change(
      [this](const std::string& region, const std::string& arn) { target_changed(region, arn); });
  housekeeping();
}

void ServiceController::target_changed(const std::string& region, const std::string& arn) {
  for (const auto& [key, task] : state_.tasks.with_prefix(region + "/")) {
    if (task.stopped()) continue;
    const auto target = std::ranges::find(task.targets, arn, &TargetRecord::arn);
    if (target == task.targets.end()) continue;
    if (tasks_.waits_for_time(task)) wakes_.task(key);
    wakes_.service(task.service_key());
  }
}

bool ServiceController::under_way() const {
  for (const auto& [_, service] : state_.services) {
    if (!service.inactive() && !service.steady) return true;
  }
  for (const auto& [_, task] : state_.tasks) {
    if (tasks_.waits_for_time(task)) return true;
  }
  return false;
}

void ServiceController::after_looks() {
  env_.store.commit(nullptr);
  if (tick_armed_ || !under_way()) return;
  tick_armed_ = true;
  wakes_.post_after(kTick, [this] { tick(); });
}

void ServiceController::tick() {
  tick_armed_ = false;
  for (const auto& [key, task] : state_.tasks) {
    if (tasks_.waits_for_time(task)) wakes_.task(key);
  }
  for (const auto& [key, service] : state_.services) {
    if (!service.inactive() && !service.steady) wakes_.service(key);
  }
}

void ServiceController::housekeeping() {
  forget_old_tasks();
  forget_old_services();
  repeat_steady();
  env_.store.commit(nullptr);
  wakes_.post_after(kHousekeeping, [this] { housekeeping(); });
}

void ServiceController::forget_old_tasks() {
  const Time before = env_.clock.now() - kStoppedVisible;
  std::vector<std::string> old;
  for (const auto& [key, task] : state_.tasks) {
    if (task.stopped() && task.task.stoppedAt.value_or(Time{}) < before) old.push_back(key);
  }
  for (const auto& key : old) state_.tasks.erase(key);
}

void ServiceController::forget_old_services() {
  const Time before = env_.clock.now() - kStoppedVisible;
  std::vector<std::string> old;
  for (const auto& [key, service] : state_.services) {
    if (service.inactive() && service.inactive_since < before) old.push_back(key);
  }
  for (const auto& key : old) forget_service(state_, key);
}

void ServiceController::repeat_steady() {
  const Time now = env_.clock.now();
  std::vector<std::string> due;
  for (const auto& [key, service] : state_.services) {
    if (service.steady && !service.inactive() && service.steady_told + kSteadyRepeat <= now) {
      due.push_back(key);
    }
  }
  for (const auto& key : due) {
    state_.services.update(key, [&](ServiceRecord& service) { service.steady_told = now; });
    add_event(
        state_, key,
        fmt::format("(service {}) has reached a steady state.", state_.services.find(key)->name()),
        env_.rng, now);
    announce_steady_state(parts_.bus, *state_.services.find(key), now);  // guess: also repeated
  }
}

}  // namespace seatrial::services::ecs

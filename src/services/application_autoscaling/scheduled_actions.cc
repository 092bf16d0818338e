#include "services/application_autoscaling/scheduled_actions.h"

#include <algorithm>

#include "services/application_autoscaling/action_schedule.h"

namespace seatrial::services::application_autoscaling {

std::optional<Time> next_run(const shape::ScheduledAction& action, Time after) {
  const auto schedule = parse_action_schedule(action.Schedule);
  if (!schedule) return std::nullopt;  // none is stored that cannot be read
  const Time anchor = action.StartTime.value_or(action.CreationTime);
  if (action.StartTime) after = std::max(after, *action.StartTime - Millis{1});
  const auto next = next_due(*schedule, action.Timezone.value_or(""), after, anchor);
  if (next && action.EndTime && *next > *action.EndTime) return std::nullopt;
  return next;
}

void ScheduledActions::start() {
  *running_ = true;
  arm();
}

void ScheduledActions::arm() {
  std::optional<Time> first;
  for (const auto& [_, record] : tables_.scheduled)
    if (record.due && (!first || *record.due < *first)) first = record.due;
  const auto number = ++armed_;
  if (!first) return;
  const auto wait = std::clamp(*first - env_.clock.now(), Millis{0}, kLongestWait);
  env_.control.post_after(wait, [this, number, running = running_] {
    if (*running && number == armed_) run_due();
  });
}

void ScheduledActions::run_due() {
  const Time now = env_.clock.now();
  std::vector<std::pair<Time, std::string>> due;
  for (const auto& [key, record] : tables_.scheduled)
    if (record.due && *record.due <= now) due.emplace_back(*record.due, key);
  std::ranges::sort(due);
  for (const auto& [_, key] : due) {
    ScheduledRecord record = *tables_.scheduled.find(key);
    record.due = next_run(record.action, now);
    run(tables_.scheduled.put(key, std::move(record)));
  }
  env_.store.commit(nullptr);
  arm();
}

void ScheduledActions::run(const ScheduledRecord& record) {
  const auto& action = record.action;
  const auto* found = tables_.targets.find(record.target_key());
  if (found == nullptr || !action.ScalableTargetAction) return;
  TargetRecord target = *found;
  const auto& suspended = target.target.SuspendedState;
  if (suspended && suspended->ScheduledScalingSuspended.value_or(false)) return;
  const auto& wanted = *action.ScalableTargetAction;
  const int min = wanted.MinCapacity.value_or(target.target.MinCapacity);
  const int max = wanted.MaxCapacity.value_or(target.target.MaxCapacity);
  const std::string cause =
      fmt::format("scheduled action name {} was triggered", action.ScheduledActionName);
  if (max < min) {  // the target's own bounds have changed since
    scaler_.note_bounds(target, min, max, cause,
                        "Maximum capacity cannot be less than minimum capacity");
    return;
  }
  target.target.MinCapacity = min;
  target.target.MaxCapacity = max;
  const std::string target_key = target.key();
  const auto& stored = tables_.targets.put(target_key, std::move(target));
  scaler_.note_bounds(stored, min, max, cause, "");
  scaler_.bring_into_bounds(stored);
}

}  // namespace seatrial::services::application_autoscaling

// Alarms that another service keeps and reads (api.h): those of Application Auto Scaling.
#include <algorithm>

#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {

using room::Outcome;

Outcome<void> CloudWatch::put_alarm(room::Context& as, const Value& input) {
  shape::PutMetricAlarmInput request;
  from_value(input, request);
  auto done = put_metric_alarm(as, request);
  if (!done) return std::unexpected(std::move(done.error()));
  return {};
}

// Composite alarms that name one are left with a name that is nobody's, as if it had been deleted
// by hand before they were put.
void CloudWatch::delete_alarms(room::Context& as, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const std::string key = as.key(name);
    const auto* record = alarms_.alarms.find(key);
    if (record == nullptr) continue;
    note_configuration(as, Change::kDelete, *record, nullptr);
    alarms_.alarms.erase(key);
    env_.control.post([this, key] { alarm_controller_.configured(key); });
  }
}

std::vector<std::string> CloudWatch::alarms_acting(const std::string& region,
                                                   const std::string& action) const {
  std::vector<std::string> out;
  for (const auto& [key, record] : alarms_.alarms.with_prefix(region + "/")) {
    using decide::AlarmState;
    const bool acts = std::ranges::any_of(
        std::array{AlarmState::kOk, AlarmState::kAlarm, AlarmState::kInsufficientData},
        [&](AlarmState state) {
          const auto& actions = record.actions(state);
          return std::ranges::find(actions, action) != actions.end();
        });
    if (acts) out.push_back(record.name());
  }
  return out;
}

std::optional<AlarmReading> CloudWatch::reading(const std::string& region,
                                                const std::string& alarm) {
  const std::string key = region + "/" + alarm;
  const auto* record = alarms_.alarms.find(key);
  if (record == nullptr || !record->metric) return std::nullopt;
  AlarmReading out;
  out.in_alarm = record->state.value == decide::AlarmState::kAlarm;
  out.threshold = record->metric->Threshold.value_or(0);
  const auto plan = plan_of(key, *record->metric);
  const Millis period{period_of(*record->metric) * 1000LL};
  const Time now = env_.clock.now();
  const Time end{now.time_since_epoch() - now.time_since_epoch() % period};  // whole periods only
  const auto answer = alarm_data_.query(
      region, plan.queries, end - (record->metric->EvaluationPeriods.value_or(1) + 1) * period, end,
      nullptr);
  if (!answer || answer->empty()) return out;
  const metrics::DataPoint* newest = nullptr;
  for (const auto& point : answer->front().points)
    if (newest == nullptr || point.at > newest->at) newest = &point;
  if (newest != nullptr) out.value = newest->value;
  return out;
}

}  // namespace seatrial::services::cloudwatch

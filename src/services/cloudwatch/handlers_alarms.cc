// Alarms put, deleted, switched and set. Sources: API_PutMetricAlarm, API_PutCompositeAlarm,
// API_DeleteAlarms, API_SetAlarmState, API_EnableAlarmActions.
#include <regex>

#include "services/cloudwatch/alarm_rules.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;

constexpr std::size_t kMaxAlarms = 200'000;        // in all regions
constexpr std::size_t kMaxCompositeParents = 150;  // that watch one alarm
constexpr std::size_t kMaxInsightsAlarms = 200;    // in a region; "Limits" of alarms

std::map<std::string, std::string> tag_map(const std::vector<shape::Tag>& tags) {
  std::map<std::string, std::string> out;
  for (const auto& tag : tags) out[tag.Key] = tag.Value;
  return out;
}

std::string joined(const std::vector<std::string>& names, const char* separator) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : separator) + name;
  return out;
}

}  // namespace

// Stores a configuration over what is there, keeping the state; tells of it when it is stored.
void CloudWatch::put_alarm(Context& context, AlarmRecord record,
                           const std::vector<shape::Tag>& tags) {
  const std::string key = context.key(record.name());
  const auto* before = alarms_.alarms.find(key);
  record.configured = context.now;
  if (before == nullptr) {
    record.created = record.transitioned = context.now;
    record.state = {decide::AlarmState::kInsufficientData, "Unchecked: Initial alarm creation", "",
                    context.now};
    record.tags = tag_map(tags);
  } else {
    record.created = before->created;
    record.state = before->state;
    record.transitioned = before->transitioned;
    record.tags = before->tags;
    record.due = before->due;
    record.last = before->last;
    if (record.metric && watches_groups(*record.metric)) record.contributors = before->contributors;
    keep_suppression(*before, record);
  }
  const Change change = before == nullptr ? Change::kCreate : Change::kUpdate;
  note_configuration(context, change, record, before);
  alarms_.alarms.put(key, std::move(record));
  context.env.control.post([this, key] { alarm_controller_.configured(key); });
}

// A period that runs for one suppressor means nothing for another.
void CloudWatch::keep_suppression(const AlarmRecord& before, AlarmRecord& record) {
  if (!before.composite || !record.composite ||
      before.composite->ActionsSuppressor != record.composite->ActionsSuppressor)
    return;
  record.suppressed_by = before.suppressed_by;
  record.suppressed_until = before.suppressed_until;
  record.actions_owed = before.actions_owed;
}

void CloudWatch::note_configuration(Context& context, Change change, const AlarmRecord& record,
                                    const AlarmRecord* before) {
  static constexpr const char* kDone[] = {"created", "updated", "deleted"};
  const std::string key = context.key(record.name()), arn = alarms_.arn(key);
  alarms_.add_history(
      key, record, shape::HistoryItemType::ConfigurationUpdate, context.now,
      fmt::format("Alarm \"{}\" {}", record.name(), kDone[static_cast<std::size_t>(change)]),
      configuration_data(change, record, arn));
  auto detail = configuration_change_detail(change, record, before, context.env.rng.uuid());
  context.env.control.post(
      [this, region = context.region, arn, detail = std::move(detail)]() mutable {
        alarm_controller_.announce(region, arn, std::move(detail));
      });
}

Outcome<void> CloudWatch::check_new_alarm(const Context& context, const std::string& name,
                                          bool is_composite) const {
  const auto* before = alarms_.alarms.find(context.key(name));
  if (before == nullptr && alarms_.alarms.size() >= kMaxAlarms) {
    return model::fail("LimitExceeded",
                       "The maximum number of alarms has been exceeded: Seatrial keeps at most " +
                           std::to_string(kMaxAlarms) + ".");
  }
  if (before != nullptr && before->composite.has_value() != is_composite) {
    return validation_error(fmt::format("The name {} is that of a {} alarm already.", name,
                                        is_composite ? "metric" : "composite"));
  }
  return {};
}

Outcome<void> CloudWatch::check_insights_quota(const Context& context,
                                               const shape::PutMetricAlarmInput& request) const {
  if (!uses_insights(request)) return {};
  std::size_t others = 0;
  for (const auto& [key, record] : alarms_.alarms.with_prefix(context.key("")))
    others += record.metric && record.name() != request.AlarmName && uses_insights(*record.metric);
  if (others < kMaxInsightsAlarms) return {};
  return model::fail("LimitExceeded",
                     fmt::format("The maximum of {} alarms on Metrics Insights queries in a "
                                 "Region has been reached.",
                                 kMaxInsightsAlarms));
}

// Which quotas there are only evaluation tells.
Outcome<void> CloudWatch::check_quotas(const AlarmPlan& plan) {
  const bool asks = std::ranges::any_of(plan.queries, [](const metrics::DataQuery& query) {
    return query.expression.contains("SERVICE_QUOTA");
  });
  if (!asks) return {};
  const Time now = env_.clock.now();
  const auto answer =
      alarm_data_.query(plan.region, plan.queries, now - std::chrono::minutes(1), now, nullptr);
  if (answer) return {};
  return validation_error("Invalid metrics list: " + answer.error().message);
}

Outcome<model::Empty> CloudWatch::put_metric_alarm(Context& context,
                                                   const shape::PutMetricAlarmInput& request) {
  if (auto ok = check_metric_alarm(context, request, alarm_controller_.kinds); !ok)
    return std::unexpected(ok.error());
  if (auto ok = check_new_alarm(context, request.AlarmName, false); !ok)
    return std::unexpected(ok.error());
  if (auto ok = check_insights_quota(context, request); !ok) return std::unexpected(ok.error());
  // Statistics and expressions are judged by who computes them.
  const auto plan = plan_of(context.key(request.AlarmName), request);
  if (auto problem = alarm_data_.check(plan.queries))
    return validation_error("Invalid metrics list: " + problem->message);
  if (auto ok = check_quotas(plan); !ok) return std::unexpected(ok.error());
  if (request.ThresholdMetricId) keep_band(context, request);
  AlarmRecord record;
  record.metric = request;
  record.metric->Tags = {};
  record.actions_enabled = request.ActionsEnabled.value_or(true);
  put_alarm(context, std::move(record), request.Tags);
  return model::Empty{};
}

// An alarm on a band makes the band's detector, if it is of a metric.
void CloudWatch::keep_band(const Context& context, const shape::PutMetricAlarmInput& request) {
  static const std::regex kBand(R"(\s*ANOMALY_DETECTION_BAND\(\s*([a-z][A-Za-z0-9_]*)\b.*)");
  for (const auto& query : request.Metrics) {
    std::smatch found;
    if (query.Id != *request.ThresholdMetricId || !query.Expression ||
        !std::regex_match(*query.Expression, found, kBand))
      continue;
    for (const auto& watched : request.Metrics)
      if (watched.Id == found[1] && watched.MetricStat) {
        const auto& stat = *watched.MetricStat;
        keep_detector(context, {std::nullopt, stat.Metric.Namespace, stat.Metric.MetricName,
                                stat.Metric.Dimensions, stat.Stat});
      }
  }
}

// The alarms a rule names: there, in this region, none of them itself or watched by too many.
Outcome<void> CloudWatch::check_children(const Context& context,
                                         const shape::PutCompositeAlarmInput& request,
                                         const decide::AlarmExpression& rule) const {
  const std::string own = context.key(request.AlarmName);
  const auto family = family_of(context.region, false);
  std::vector<std::string> missing;
  for (const auto& alarm : decide::alarms_of(rule)) {
    const auto key = alarms_.key_of(context.region, alarm);
    if (key == own)
      return validation_error("A composite alarm cannot depend on itself: " + alarm + ".");
    if (!key || !alarms_.alarms.contains(*key)) {
      missing.push_back(alarm);
      continue;
    }
    const auto parents = family.find(*key);
    if (parents != family.end() && parents->second.size() >= kMaxCompositeParents &&
        !parents->second.contains(own)) {
      return validation_error(fmt::format("The alarm {} is watched by {} composite alarms already.",
                                          alarm, kMaxCompositeParents));
    }
  }
  if (missing.empty()) return {};
  return validation_error(fmt::format(
      "Could not save the composite alarm as alarms [{}] in the alarm rule do not exist",
      joined(missing, ", ")));
}

Outcome<model::Empty> CloudWatch::put_composite_alarm(
    Context& context, const shape::PutCompositeAlarmInput& request) {
  if (auto ok = check_composite_alarm(context, request, alarm_controller_.kinds); !ok)
    return std::unexpected(ok.error());
  const auto rule = decide::parse_alarm_rule(request.AlarmRule);
  if (!rule)
    return validation_error(fmt::format("AlarmRule is not valid at position {}: {}",
                                        rule.error().at, rule.error().message));
  if (auto ok = check_new_alarm(context, request.AlarmName, true); !ok)
    return std::unexpected(ok.error());
  if (auto ok = check_children(context, request, *rule); !ok) return std::unexpected(ok.error());
  if (request.ActionsSuppressor) {
    const auto key = alarms_.key_of(context.region, *request.ActionsSuppressor);
    if (!key || !alarms_.alarms.contains(*key)) {
      return validation_error(fmt::format(
          "Could not save the composite alarm as the alarm {} in ActionsSuppressor does not exist",
          *request.ActionsSuppressor));
    }
  }
  AlarmRecord record;
  record.composite = request;
  record.composite->Tags = {};
  record.actions_enabled = request.ActionsEnabled.value_or(true);
  put_alarm(context, std::move(record), request.Tags);
  return model::Empty{};
}

// By alarm: the composite alarms of the region whose rule names it, or whose suppressor it is.
CloudWatch::Family CloudWatch::family_of(const std::string& region, bool with_suppressors) const {
  Family out;
  for (const auto& [parent, record] : alarms_.alarms.with_prefix(region + "/")) {
    if (!record.composite) continue;
    const auto rule = decide::parse_alarm_rule(record.composite->AlarmRule);
    auto names = rule ? decide::alarms_of(*rule) : std::vector<std::string>{};
    if (with_suppressors && record.composite->ActionsSuppressor)
      names.push_back(*record.composite->ActionsSuppressor);
    for (const auto& name : names)
      if (const auto key = alarms_.key_of(region, name)) out[*key].insert(parent);
  }
  return out;
}

// Names that are no alarm's are passed over; a composite alarm that watches one of the others, and
// is not deleted with it, keeps all of them.
Outcome<model::Empty> CloudWatch::delete_alarms(Context& context,
                                                const shape::DeleteAlarmsInput& request) {
  std::set<std::string> keys;
  std::size_t composites = 0;
  for (const auto& name : request.AlarmNames) {
    const auto* record = alarms_.alarms.find(context.key(name));
    if (record == nullptr || !keys.insert(context.key(name)).second) continue;
    composites += record->composite ? 1 : 0;
  }
  if (composites > 1) {
    return validation_error(
        "Alarms cannot be deleted: at most one composite alarm can be deleted in one request.");
  }
  const auto family = family_of(context.region, true);
  std::vector<std::string> held;
  for (const auto& key : keys) {
    const auto parents = family.find(key);
    if (parents == family.end()) continue;
    const bool all_go = std::ranges::all_of(
        parents->second, [&](const std::string& parent) { return keys.contains(parent); });
    if (!all_go) held.push_back(alarms_.alarms.find(key)->name());
  }
  if (!held.empty()) {
    return validation_error(
        fmt::format("Cannot delete {} as there are composite alarm(s) depending on {}.",
                    joined(held, ","), held.size() == 1 ? "it" : "them"));
  }
  for (const auto& key : keys) {
    note_configuration(context, Change::kDelete, *alarms_.alarms.find(key), nullptr);
    alarms_.alarms.erase(key);
    context.env.control.post([this, key] { alarm_controller_.configured(key); });
  }
  return model::Empty{};
}

void CloudWatch::switch_actions(Context& context, const std::vector<std::string>& names,
                                bool enabled) {
  for (const auto& name : names) {
    const std::string key = context.key(name);
    const auto* found = alarms_.alarms.find(key);
    if (found == nullptr || found->actions_enabled == enabled) continue;
    const AlarmRecord before = *found;
    AlarmRecord record = before;
    record.actions_enabled = enabled;
    record.configured = context.now;
    note_configuration(context, Change::kUpdate, record, &before);
    alarms_.alarms.put(key, std::move(record));
  }
}

Outcome<model::Empty> CloudWatch::enable_alarm_actions(
    Context& context, const shape::EnableAlarmActionsInput& request) {
  switch_actions(context, request.AlarmNames, true);
  return model::Empty{};
}

Outcome<model::Empty> CloudWatch::disable_alarm_actions(
    Context& context, const shape::DisableAlarmActionsInput& request) {
  switch_actions(context, request.AlarmNames, false);
  return model::Empty{};
}

Outcome<model::Empty> CloudWatch::set_alarm_state(Context& context,
                                                  const shape::SetAlarmStateInput& request) {
  const std::string key = context.key(request.AlarmName);
  if (!alarms_.alarms.contains(key))
    return resource_not_found("Unknown alarm: " + request.AlarmName);
  if (request.StateReasonData && !parse_json(*request.StateReasonData))
    return model::fail("InvalidFormat", "StateReasonData is not valid JSON.");
  alarms_.set_state(key, {*decide::parse_alarm_state(request.StateValue), request.StateReason,
                          request.StateReasonData.value_or(""), context.now});
  context.env.control.post([this, key] { alarm_controller_.state_was_set(key); });
  return model::Empty{};
}

}  // namespace seatrial::services::cloudwatch

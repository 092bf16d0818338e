#include "services/cloudwatch/alarm_store.h"

#include "services/cloudwatch/alarm_documents.h"

namespace seatrial::services::cloudwatch {

const std::vector<std::string>& AlarmRecord::actions(decide::AlarmState of) const {
  const auto pick = [of](const auto& input) -> const std::vector<std::string>& {
    if (of == decide::AlarmState::kOk) return input.OKActions;
    if (of == decide::AlarmState::kAlarm) return input.AlarmActions;
    return input.InsufficientDataActions;
  };
  return metric ? pick(*metric) : pick(*composite);
}

AlarmTables::AlarmTables(room::Env& env)
    : alarms(env.store, "cloudwatch.alarm"),
      history(env.store, "cloudwatch.alarm_history"),
      detectors(env.store, "cloudwatch.anomaly_detector"),
      env_(env) {}

std::string AlarmTables::arn(std::string_view key) const {
  const auto slash = key.find('/');
  return Arn{"aws", "cloudwatch", std::string(key.substr(0, slash)), env_.account,
             "alarm:" + std::string(key.substr(slash + 1))}
      .text();
}

std::optional<std::string> AlarmTables::key_of(std::string_view region,
                                               std::string_view name_or_arn) const {
  const std::string prefix = std::string(region) + "/";
  const auto parsed = parse_arn(name_or_arn);
  if (!parsed) return prefix + std::string(name_or_arn);
  constexpr std::string_view kAlarm = "alarm:";
  if (parsed->service != "cloudwatch" || parsed->region != region ||
      parsed->account != env_.account || !parsed->resource.starts_with(kAlarm))
    return std::nullopt;
  return prefix + parsed->resource.substr(kAlarm.size());
}

void AlarmTables::set_state(const std::string& key, AlarmStateRecord state) {
  const AlarmRecord* found = alarms.find(key);
  if (found == nullptr) return;
  AlarmRecord record = *found;
  if (record.state.value == state.value) {
    record.state = std::move(state);
    alarms.put(key, std::move(record));
    return;
  }
  const AlarmTransition transition{record.state, state, {}, false};
  record.transitioned = state.at;
  record.state = std::move(state);
  record.last = transition;
  record.due.push_back(transition);
  add_history(
      key, record, shape::HistoryItemType::StateUpdate, record.state.at,
      fmt::format("Alarm updated from {} to {}", decide::alarm_state_name(transition.from.value),
                  decide::alarm_state_name(transition.to.value)),
      state_update_data(transition));
  alarms.put(key, std::move(record));
}

// guess: the summaries of contributors and of reasons.
void AlarmTables::set_fleet(const std::string& key, decide::FleetVerdict verdict, Time now) {
  const AlarmRecord* found = alarms.find(key);
  if (found == nullptr) return;
  AlarmRecord record = *found;
  const bool by_contributors = !verdict.transitions.empty();
  for (auto& change : verdict.transitions) add_contributor(key, record, std::move(change), now);
  AlarmTransition transition{
      record.state,
      {verdict.state, std::move(verdict.reason), std::move(verdict.reason_data), now},
      {},
      by_contributors};
  const bool changed = transition.to.value != transition.from.value;
  if (changed || transition.to.reason != transition.from.reason) record.state = transition.to;
  if (changed) {
    record.transitioned = now;
    record.last = transition;
    record.due.push_back(transition);
  }
  if (changed || transition.to.reason != transition.from.reason) {
    add_history(key, record, shape::HistoryItemType::StateUpdate, now,
                changed ? fmt::format("Alarm updated from {} to {}",
                                      decide::alarm_state_name(transition.from.value),
                                      decide::alarm_state_name(transition.to.value))
                        : fmt::format("State Reason changed from \"{}\" to \"{}\"",
                                      transition.from.reason, transition.to.reason),
                state_update_data(transition));
  }
  alarms.put(key, std::move(record));
}

void AlarmTables::add_contributor(const std::string& key, AlarmRecord& record,
                                  decide::ContributorTransition change, Time now) {
  const bool alarm = change.to == decide::AlarmState::kAlarm;
  const AlarmStateRecord from{alarm ? decide::AlarmState::kOk : decide::AlarmState::kAlarm, "", "",
                              now};
  const AlarmStateRecord to{change.to, change.reason, "", now};
  const ContributorRecord contributor{std::move(change.id), std::move(change.attributes),
                                      std::move(change.reason), now};
  std::erase_if(record.contributors,
                [&](const ContributorRecord& one) { return one.id == contributor.id; });
  if (alarm) {
    record.contributors.insert(
        std::ranges::lower_bound(record.contributors, contributor.id, {}, &ContributorRecord::id),
        contributor);
  }
  add_history(key, record, shape::HistoryItemType::AlarmContributorStateUpdate, now,
              fmt::format("Contributor state updated to {}", decide::alarm_state_name(change.to)),
              contributor_update_data(to), &contributor);
  record.due.push_back({from, to, contributor, false});
}

void AlarmTables::add_history(std::string_view key, const AlarmRecord& record,
                              std::string_view type, Time at, std::string summary, std::string data,
                              const ContributorRecord* contributor) {
  constexpr std::size_t kMaxSummary = 255, kMaxData = 4095;
  const std::string region(key.substr(0, key.find('/')));
  shape::AlarmHistoryItem item;
  item.AlarmName = record.name();
  item.AlarmType = record.metric ? shape::AlarmType::MetricAlarm : shape::AlarmType::CompositeAlarm;
  item.Timestamp = at;
  item.HistoryItemType = type;
  item.HistorySummary = cut(std::move(summary), kMaxSummary);
  item.HistoryData = cut(std::move(data), kMaxData);
  if (contributor != nullptr) {
    item.AlarmContributorId = contributor->id;
    for (const auto& [name, value] : contributor->attributes)
      item.AlarmContributorAttributes[name] = value;
  }
  history.put(fmt::format("{}/{:013}/{:09}", region, to_ms(at), ++count_), std::move(item));
  if (history.size() <= kMaxHistoryItems) return;
  const auto all = history.with_prefix(region + "/");
  history.erase(std::string(all.begin()->first));
}

void AlarmTables::drop_old_history(Time now) {
  std::vector<std::string> old;
  for (const auto& [key, item] : history)
    if (*item.Timestamp < now - kHistoryKept) old.push_back(key);
  for (const auto& key : old) history.erase(key);
}

}  // namespace seatrial::services::cloudwatch

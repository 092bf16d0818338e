#include "services/cloudwatch/controller_alarms.h"

#include "base/log.h"
#include "decide/alarm/schedule.h"

namespace seatrial::services::cloudwatch {
namespace {

constexpr std::chrono::seconds kTick{decide::kHighResolutionTick_s};
constexpr std::size_t kMaxPath = 64;  // composite alarms in the path of one change
constexpr const char* kStateChange = "CloudWatch Alarm State Change";
constexpr const char* kContributorChange = "CloudWatch Alarm Contributor State Change";
constexpr const char* kConfigurationChange = "CloudWatch Alarm Configuration Change";

}  // namespace

AlarmController::AlarmController(room::Env& env, AlarmTables& tables, AlarmData& data)
    : env_(env), tables_(tables), data_(data) {}

void AlarmController::start() {
  std::vector<std::string> due;
  for (const auto& [key, record] : tables_.alarms) {
    adopt(key, record);
    if (!record.due.empty()) due.push_back(key);
    if (decide::is_period(record.suppressed_by)) wake_for_suppression(key, record.suppressed_until);
  }
  for (const auto& key : due) state_was_set(key);
  last_tick_ = env_.clock.now();
  tick_later();
}

void AlarmController::tick_later() {
  const auto now = to_ms(env_.clock.now()), step = Millis(kTick).count();
  env_.control.post_after(Millis{step - now % step}, [this] {
    tick();
    tick_later();
  });
}

void AlarmController::tick() {
  if (unfinished_ > 0) return;  // the next tick makes up for it
  const Time now = env_.clock.now(), last = std::exchange(last_tick_, now);
  for (auto& slice : wheel_.due(last, now)) {
    ++unfinished_;
    env_.control.post([this, slice = std::move(slice), now] {
      --unfinished_;
      wheel_.evaluate(slice, now, data_,
                      [&](AlarmWheel::Finding finding) { evaluated(std::move(finding), now); });
    });
  }
  if (decide::is_due(decide::kMinute_s, last, now)) env_.control.post([this] { repeat_actions(); });
  if (decide::is_due(decide::kHour_s, last, now)) {
    tables_.drop_old_history(now);
    commit();
  }
}

void AlarmController::evaluated(AlarmWheel::Finding finding, Time now) {
  const std::string key = finding.key;  // of an entry that what follows may move
  if (finding.reading) note_reading(key, finding);
  if (finding.fleet) {
    tables_.set_fleet(key, std::move(*finding.fleet), now);
    state_was_set(key);
  }
  if (finding.verdict) {
    auto& verdict = *finding.verdict;
    tables_.set_state(
        key, {verdict.state, std::move(verdict.reason), std::move(verdict.reason_data), now});
  }
  if (finding.verdict) state_was_set(key);
  commit();
}

// Reading less than all is told of by an event, be the state as it was: "Partial data cases" of the
// user guide.
void AlarmController::note_reading(const std::string& key, const AlarmWheel::Finding& finding) {
  using Reading = AlarmWheel::Reading;
  const auto reading = *finding.reading;
  tables_.alarms.update(key, [&](AlarmRecord& record) {
    record.evaluation_state = reading == Reading::kPartial ? shape::EvaluationState::PARTIAL_DATA
                              : reading == Reading::kNone ? shape::EvaluationState::EVALUATION_ERROR
                                                          : "";
  });
  if (reading == Reading::kNone)
    log::warning("the alarm {} cannot be evaluated: {}", key, finding.problem);
  const auto* record = tables_.alarms.find(key);
  const bool told =
      finding.verdict || (finding.fleet && finding.fleet->state != record->state.value);
  if (reading == Reading::kPartial && record != nullptr && !told)
    send_event(key, {record->state, record->state, {}, false});
}

void AlarmController::adopt(const std::string& key, const AlarmRecord& record) {
  forget(key);
  if (record.metric) {
    AlarmWheel::Contributors in_alarm;
    for (const auto& one : record.contributors) in_alarm[one.id] = one.attributes;
    wheel_.put(plan_of(key, *record.metric), record.state.value, std::move(in_alarm));
  } else {
    Composite composite;
    const std::string region = key.substr(0, key.find('/'));
    if (auto rule = decide::parse_alarm_rule(record.composite->AlarmRule)) composite.rule = *rule;
    for (const auto& alarm : decide::alarms_of(composite.rule))
      if (auto child = tables_.key_of(region, alarm)) composite.children.push_back(*child);
    if (record.composite->ActionsSuppressor)
      composite.suppressor =
          tables_.key_of(region, *record.composite->ActionsSuppressor).value_or("");
    for (const auto& child : composite.children) parents_[child].insert(key);
    if (!composite.suppressor.empty()) suppressed_[composite.suppressor].insert(key);
    composites_[key] = std::move(composite);
  }
  for (const auto& [service, kind] : kinds) {
    const auto repeats = [&, kind = kind](decide::AlarmState state) {
      return std::ranges::any_of(record.actions(state), [&](const std::string& action) {
        const auto arn = parse_arn(action);
        return kind->repeats() && arn && arn->service == service;
      });
    };
    if (repeats(decide::AlarmState::kAlarm) || repeats(decide::AlarmState::kOk) ||
        repeats(decide::AlarmState::kInsufficientData))
      repeating_.insert(key);
  }
}

void AlarmController::forget(const std::string& key) {
  wheel_.erase(key);
  repeating_.erase(key);
  const auto found = composites_.find(key);
  if (found == composites_.end()) return;
  const auto leave = [&](auto& index, const std::string& from) {
    const auto entry = index.find(from);
    if (entry == index.end()) return;
    entry->second.erase(key);
    if (entry->second.empty()) index.erase(entry);
  };
  for (const auto& child : found->second.children) leave(parents_, child);
  leave(suppressed_, found->second.suppressor);
  composites_.erase(found);
}

void AlarmController::configured(const std::string& key) {
  const auto* record = tables_.alarms.find(key);
  if (record == nullptr) return forget(key);
  adopt(key, *record);
  if (record->composite && record->composite->ActionsSuppressor) settle_suppression(key, false);
  commit();
  if (record->composite) evaluate_composite(key, Cause::kConfigured, "", {key});
}

void AlarmController::state_was_set(const std::string& key) {
  const auto* record = tables_.alarms.find(key);
  if (record == nullptr) return;
  wheel_.set_state(key, record->state.value);
  carry_out(key);
  propagate(key, {key});
}

void AlarmController::announce(const std::string& region, const std::string& arn, Value detail) {
  if (events == nullptr) return;
  events->put(region, kConfigurationChange, arn, std::move(detail));
  commit();
}

// ---- what a transition leads to

void AlarmController::carry_out(const std::string& key) {
  const auto* record = tables_.alarms.find(key);
  if (record == nullptr || record->due.empty()) return;
  const auto due = record->due;
  const auto composite = composites_.find(key);
  const bool suppressible = composite != composites_.end() && !composite->second.suppressor.empty();
  for (const auto& transition : due) {
    if (suppressible) settle_suppression(key, true);
    send_event(key, transition);
    if (!suppressible) act(key, transition, false);
  }
  tables_.alarms.update(key, [](AlarmRecord& changed) { changed.due.clear(); });
  commit();
}

// One step of the composite alarm's suppression; carries out what is not held back any more.
void AlarmController::settle_suppression(const std::string& key, bool transitioned) {
  const auto* record = tables_.alarms.find(key);
  const auto composite = composites_.find(key);
  if (record == nullptr || composite == composites_.end()) return;
  const auto* suppressor = tables_.alarms.find(composite->second.suppressor);
  const bool in_alarm =
      suppressor != nullptr && suppressor->state.value == decide::AlarmState::kAlarm;
  const auto& input = *record->composite;
  const decide::SuppressorPeriods periods{
      std::chrono::seconds(input.ActionsSuppressorWaitPeriod.value_or(0)),
      std::chrono::seconds(input.ActionsSuppressorExtensionPeriod.value_or(0))};
  const auto step = decide::step_suppression(
      {record->suppressed_by, record->suppressed_until, record->actions_owed}, periods,
      env_.clock.now(), transitioned, in_alarm);
  tables_.alarms.update(key, [&](AlarmRecord& changed) {
    changed.suppressed_by = step.next.by;
    changed.suppressed_until = step.next.until;
    changed.actions_owed = step.next.owed;
  });
  if (decide::is_period(step.next.by)) wake_for_suppression(key, step.next.until);
  if (step.act) act(key, tables_.alarms.find(key)->last, false);
}

void AlarmController::wake_for_suppression(const std::string& key, Time until) {
  const Time now = env_.clock.now();
  env_.control.post_after(until > now ? until - now : Millis{0}, [this, key] {
    const auto* record = tables_.alarms.find(key);
    const bool waits = record != nullptr && decide::is_period(record->suppressed_by);
    if (!waits || env_.clock.now() < record->suppressed_until) return;
    settle_suppression(key, false);
    commit();
  });
}

void AlarmController::send_event(const std::string& key, const AlarmTransition& transition) {
  if (events == nullptr) return;
  const auto* record = tables_.alarms.find(key);
  events->put(key.substr(0, key.find('/')),
              transition.contributor.id.empty() ? kStateChange : kContributorChange,
              tables_.arn(key), state_change_detail(*record, transition, env_.rng.uuid()));
}

// Actions of these kinds are carried out for each contributor, those of others for the alarm:
// "Acting on alarm changes". What was carried out for contributors is not once more because the
// alarm followed them (guess: the table has both, people got the former).
bool AlarmController::acts(const AlarmTransition& transition, std::string_view service) {
  static constexpr std::array<std::string_view, 5> kForContributors{"automate", "lambda", "sns",
                                                                    "ssm", "swf"};
  const bool for_contributors =
      std::ranges::find(kForContributors, service) != kForContributors.end();
  if (!transition.contributor.id.empty()) return for_contributors;
  return !(transition.of_contributors && for_contributors);
}

void AlarmController::act(const std::string& key, const AlarmTransition& transition,
                          bool repeated) {
  const auto* record = tables_.alarms.find(key);
  if (record == nullptr || !record->actions_enabled) return;
  const auto actions = record->actions(transition.to.value);
  for (const auto& action : actions) {
    const auto arn = parse_arn(action);
    const auto kind = kinds.find(arn ? arn->service : "");
    if (kind == kinds.end() || (repeated && !kind->second->repeats())) continue;
    if (!acts(transition, kind->first)) continue;
    act_once(key, transition, action, *kind->second, repeated);
  }
}

void AlarmController::act_once(const std::string& key, const AlarmTransition& transition,
                               const std::string& action, AlarmActionKind& kind, bool repeated) {
  const AlarmRecord record = *tables_.alarms.find(key);
  const auto context = about(key);
  AlarmActionRequest request{context.region,
                             action,
                             record.name(),
                             context.arn,
                             std::string(decide::alarm_state_name(transition.to.value)),
                             transition.to.reason,
                             transition.to.reason_data,
                             alarm_subject(context, record, transition),
                             alarm_message(context, record, transition),
                             lambda_payload(context, record, transition, env_.rng.uuid())};
  const auto done = kind.execute(request);
  if (repeated && done) return;
  const std::string error = done ? "" : done.error().message;
  const auto* contributor = transition.contributor.id.empty() ? nullptr : &transition.contributor;
  tables_.add_history(
      key, record,
      contributor == nullptr ? shape::HistoryItemType::Action
                             : shape::HistoryItemType::AlarmContributorAction,
      env_.clock.now(),
      done ? "Successfully executed action " + action
           : fmt::format("Failed to execute action {}. Received error: \"{}\"", action, error),
      action_data(transition, action, request.message, error), contributor);
}

void AlarmController::repeat_actions() {
  const auto repeating = repeating_;
  for (const auto& key : repeating)
    if (const auto* record = tables_.alarms.find(key)) act(key, record->last, true);
  commit();
}

// Tells those that watch this alarm: composite alarms that name it, and those it suppresses.
void AlarmController::propagate(const std::string& key, const Path& path) {
  if (const auto suppressed = suppressed_.find(key); suppressed != suppressed_.end()) {
    const auto composites = suppressed->second;
    for (const auto& composite : composites) settle_suppression(composite, false);
    commit();
  }
  const auto parents = parents_.find(key);
  if (parents == parents_.end() || path.size() >= kMaxPath) return;
  const auto watching = parents->second;
  for (const auto& parent : watching)
    if (std::ranges::find(path, parent) == path.end())
      evaluate_composite(parent, Cause::kChild, key, path);
}

void AlarmController::evaluate_composite(const std::string& key, Cause cause,
                                         const std::string& child, const Path& path) {
  const auto* record = tables_.alarms.find(key);
  const auto composite = composites_.find(key);
  if (record == nullptr || composite == composites_.end()) return;
  const std::string region = key.substr(0, key.find('/'));
  const bool holds = decide::holds(
      composite->second.rule, [&](const std::string& name) -> std::optional<decide::AlarmState> {
        const auto child_key = tables_.key_of(region, name);
        const auto* alarm = child_key ? tables_.alarms.find(*child_key) : nullptr;
        return alarm == nullptr ? std::nullopt : std::optional(alarm->state.value);
      });
  const auto state = holds ? decide::AlarmState::kAlarm : decide::AlarmState::kOk;
  if (state == record->state.value) return;
  AlarmStateRecord next{state, "", "", env_.clock.now()};
  if (cause == Cause::kConfigured) {
    next.reason = fmt::format("{} was {} and its alarm rule evaluates to {}", tables_.arn(key),
                              record->created == record->configured ? "created" : "updated",
                              decide::alarm_state_name(state));
    next.reason_data = decide::composite_reason_data(children_of(key, false));
  } else {
    const auto& turned = *tables_.alarms.find(child);
    next.reason = fmt::format("{} transitioned to {} at {}", tables_.arn(child),
                              decide::alarm_state_name(turned.state.value),
                              decide::alarm_long_date(turned.state.at));
    const decide::ChildState trigger{tables_.arn(child), turned.state.value, turned.state.at};
    next.reason_data = decide::composite_reason_data(std::span(&trigger, 1));
  }
  tables_.set_state(key, std::move(next));
  carry_out(key);
  Path longer = path;
  longer.push_back(key);
  propagate(key, longer);
}

// Of a composite alarm: the alarms its rule names; or only those that are in ALARM.
std::vector<decide::ChildState> AlarmController::children_of(const std::string& key,
                                                             bool telling_only) const {
  std::vector<decide::ChildState> out;
  const auto composite = composites_.find(key);
  if (composite == composites_.end()) return out;
  for (const auto& child : composite->second.children) {
    const auto* alarm = tables_.alarms.find(child);
    if (alarm == nullptr) continue;
    if (telling_only && alarm->state.value != decide::AlarmState::kAlarm) continue;
    out.push_back({tables_.arn(child), alarm->state.value, alarm->state.at});
  }
  return out;
}

AlarmContext AlarmController::about(const std::string& key) const {
  return {key.substr(0, key.find('/')), env_.account, tables_.arn(key), children_of(key, true)};
}

}  // namespace seatrial::services::cloudwatch

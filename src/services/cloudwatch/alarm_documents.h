// What CloudWatch writes about alarms: the data of history items, the message to an SNS topic, the
// details of EventBridge events. JSON with numbers as Java prints them (80 is "80.0").
//
// Sources: history items, SNS messages and events that people published, 2014 to 2026; CloudWatch
// user guide, "Alarm events and EventBridge" (all its samples' members).
// guess: what an update and a deletion are called in a history item's data; that "TreatMissingData"
// is empty in a message when the alarm has none; "SAMPLE_COUNT".
#pragma once
#include <span>
#include <string>

#include "base/value.h"
#include "decide/alarm/reason.h"
#include "services/cloudwatch/alarm_store.h"

namespace seatrial::services::cloudwatch {

// Everything around an alarm that these texts name.
struct AlarmContext {
  std::string region, account, arn;
  std::vector<decide::ChildState> children;  // of a composite alarm: those that turned it
};

std::string java_json(const Value& v);
std::string cut(std::string text, std::size_t most);  // to so many bytes, between characters

// ---- history
std::string state_update_data(const AlarmTransition& transition);
std::string contributor_update_data(const AlarmStateRecord& state);
enum class Change { kCreate, kUpdate, kDelete };
std::string configuration_data(Change change, const AlarmRecord& record, const std::string& arn);
std::string action_data(const AlarmTransition& transition, const std::string& action,
                        const std::string& published, const std::string& error);

// ---- SNS
std::string alarm_subject(const AlarmContext& about, const AlarmRecord& record,
                          const AlarmTransition& transition);  // at most 100 characters
std::string alarm_message(const AlarmContext& about, const AlarmRecord& record,
                          const AlarmTransition& transition);

// ---- EventBridge; `id` names the query of an alarm on one metric
Value state_change_detail(const AlarmRecord& record, const AlarmTransition& transition,
                          const std::string& id);
Value configuration_change_detail(Change change, const AlarmRecord& record,
                                  const AlarmRecord* before, const std::string& id);

// ---- what a Lambda function is called with
Value lambda_payload(const AlarmContext& about, const AlarmRecord& record,
                     const AlarmTransition& transition, const std::string& id);

}  // namespace seatrial::services::cloudwatch

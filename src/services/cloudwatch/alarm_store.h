// Alarms, their history and anomaly detectors, as kept.
//
// An alarm is kept as it was put (the operation's input is its whole configuration, and an update
// replaces it whole), beside the state it came to. A transition that was recorded but whose event
// and actions have not gone out yet is part of the record, so that a killed daemon makes up for it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "decide/alarm/contributors.h"
#include "decide/alarm/suppressor.h"
#include "model/shapes/cloudwatch.h"
#include "room/room.h"
#include "store/table.h"

namespace seatrial::services::cloudwatch {

namespace shape = aws::cloudwatch;

inline constexpr std::chrono::hours kHistoryKept{14 * 24};
inline constexpr std::size_t kMaxHistoryItems = 200'000;  // in all regions; the oldest go first

struct AlarmStateRecord {
  decide::AlarmState value = decide::AlarmState::kInsufficientData;
  std::string reason, reason_data;  // the latter JSON, or empty
  Time at{};                        // when it was last set
  template <class F>
  static void fields(F&& f) {
    f("value", &AlarmStateRecord::value);
    f("reason", &AlarmStateRecord::reason);
    f("reason_data", &AlarmStateRecord::reason_data);
    f("at", &AlarmStateRecord::at);
  }
};

// A time series of an alarm on several.
struct ContributorRecord {
  std::string id;  // empty: none
  decide::ContributorAttributes attributes;
  std::string reason;
  Time at{};  // of its last transition
  template <class F>
  static void fields(F&& f) {
    f("id", &ContributorRecord::id);
    f("attributes", &ContributorRecord::attributes);
    f("reason", &ContributorRecord::reason);
    f("at", &ContributorRecord::at);
  }
};

struct AlarmTransition {
  AlarmStateRecord from, to;
  ContributorRecord contributor;  // whose transition it is, rather than the alarm's
  bool of_contributors = false;   // the alarm's, because of theirs
  template <class F>
  static void fields(F&& f) {
    f("from", &AlarmTransition::from);
    f("to", &AlarmTransition::to);
    f("contributor", &AlarmTransition::contributor);
    f("of_contributors", &AlarmTransition::of_contributors);
  }
};

struct AlarmRecord {
  std::optional<shape::PutMetricAlarmInput> metric;  // one of the two
  std::optional<shape::PutCompositeAlarmInput> composite;
  bool actions_enabled = true;
  AlarmStateRecord state;
  Time created{}, configured{}, transitioned{};
  std::map<std::string, std::string> tags;
  std::string evaluation_state;                 // of a metric alarm: EvaluationState, or empty
  std::vector<ContributorRecord> contributors;  // those in ALARM, by id
  std::vector<AlarmTransition> due;             // whose event and actions are still to go out
  AlarmTransition last;                         // what held-back actions are about
  decide::SuppressedBy suppressed_by = decide::SuppressedBy::kNothing;
  Time suppressed_until{};
  bool actions_owed = false;

  const std::string& name() const { return metric ? metric->AlarmName : composite->AlarmName; }
  const std::optional<std::string>& description() const {
    return metric ? metric->AlarmDescription : composite->AlarmDescription;
  }
  const std::vector<std::string>& actions(decide::AlarmState of) const;

  template <class F>
  static void fields(F&& f) {
    f("metric", &AlarmRecord::metric);
    f("composite", &AlarmRecord::composite);
    f("actions_enabled", &AlarmRecord::actions_enabled);
    f("state", &AlarmRecord::state);
    f("created", &AlarmRecord::created);
    f("configured", &AlarmRecord::configured);
    f("transitioned", &AlarmRecord::transitioned);
    f("tags", &AlarmRecord::tags);
    f("evaluation_state", &AlarmRecord::evaluation_state);
    f("contributors", &AlarmRecord::contributors);
    f("due", &AlarmRecord::due);
    f("last", &AlarmRecord::last);
    f("suppressed_by", &AlarmRecord::suppressed_by);
    f("suppressed_until", &AlarmRecord::suppressed_until);
    f("actions_owed", &AlarmRecord::actions_owed);
  }
};

struct AnomalyDetectorRecord {
  shape::AnomalyDetector detector;
  Time created{};
  template <class F>
  static void fields(F&& f) {
    f("detector", &AnomalyDetectorRecord::detector);
    f("created", &AnomalyDetectorRecord::created);
  }
};

// Keys of alarms and detectors begin with "region/". Control thread, within a transaction.
class AlarmTables {
 public:
  explicit AlarmTables(room::Env& env);

  store::Table<AlarmRecord> alarms;               // "region/name"
  store::Table<shape::AlarmHistoryItem> history;  // "region/time/count", in order of time
  store::Table<AnomalyDetectorRecord> detectors;  // "region/kind/metric's identity"

  std::string arn(std::string_view key) const;
  // "region/name" of a name or an alarm's ARN in this region and account; nothing for another's.
  std::optional<std::string> key_of(std::string_view region, std::string_view name_or_arn) const;

  // Records a state. A change is a transition: due, and an item of the history; a state set again
  // only gets its new reason.
  void set_state(const std::string& key, AlarmStateRecord state);
  // The same of an alarm on several time series, with its contributors' transitions. A new reason
  // alone is an item of the history, but no transition.
  void set_fleet(const std::string& key, decide::FleetVerdict verdict, Time now);
  // `contributor`: whom the item is about, or null.
  void add_history(std::string_view key, const AlarmRecord& record, std::string_view type, Time at,
                   std::string summary, std::string data,
                   const ContributorRecord* contributor = nullptr);
  void drop_old_history(Time now);

 private:
  void add_contributor(const std::string& key, AlarmRecord& record,
                       decide::ContributorTransition change, Time now);

  room::Env& env_;
  std::int64_t count_ = 0;  // of history items written by this process
};

}  // namespace seatrial::services::cloudwatch

// Evaluates alarms and lets them act.
//
// Every ten seconds of the world's clock the wheel's due alarms are evaluated, in slices that are
// posted one by one. A change of state is recorded with what is due because of it (one
// transaction), then its event and actions go out, then it is recorded that they did: a daemon
// killed in between sends them again rather than never. Composite alarms are evaluated when an
// alarm in their rule changes, along the path of the change; a rule that leads back into the path
// is not evaluated again. Sources: PutCompositeAlarm; CloudWatch user guide, "Create a composite
// alarm".
#pragma once
#include <set>

#include "services/cloudwatch/alarm_documents.h"
#include "services/cloudwatch/alarm_wheel.h"

namespace seatrial::services::cloudwatch {

class AlarmController {
 public:
  AlarmController(room::Env& env, AlarmTables& tables, AlarmData& data);

  AlarmActionKinds kinds;         // registered before start()
  AlarmEvents* events = nullptr;  // null: events go nowhere

  void start();  // adopts all alarms and what was due, begins to tick

  // After a handler's transaction (posted by it): the alarm was put, changed or deleted; its state
  // was set.
  void configured(const std::string& key);
  void state_was_set(const std::string& key);
  // An event about a configuration; posted likewise.
  void announce(const std::string& region, const std::string& arn, Value detail);

  void tick();  // all that is due by now; every slice is posted

 private:
  struct Composite {
    decide::AlarmExpression rule;
    std::vector<std::string> children;  // keys
    std::string suppressor;             // key, or empty
  };
  enum class Cause { kConfigured, kChild };
  using Path = std::vector<std::string>;

  void tick_later();
  void evaluated(AlarmWheel::Finding finding, Time now);
  void note_reading(const std::string& key, const AlarmWheel::Finding& finding);
  void adopt(const std::string& key, const AlarmRecord& record);
  void forget(const std::string& key);

  // ---- what a transition leads to
  void carry_out(const std::string& key);
  void settle_suppression(const std::string& key, bool transitioned);
  void wake_for_suppression(const std::string& key, Time until);
  void send_event(const std::string& key, const AlarmTransition& transition);
  void act(const std::string& key, const AlarmTransition& transition, bool repeated);
  static bool acts(const AlarmTransition& transition, std::string_view service);
  void act_once(const std::string& key, const AlarmTransition& transition,
                const std::string& action, AlarmActionKind& kind, bool repeated);
  void repeat_actions();
  void propagate(const std::string& key, const Path& path);
  void evaluate_composite(const std::string& key, Cause cause, const std::string& child,
                          const Path& path);
  std::vector<decide::ChildState> children_of(const std::string& key, bool telling_only) const;
  AlarmContext about(const std::string& key) const;
  void commit() { env_.store.commit(nullptr); }

  room::Env& env_;
  AlarmTables& tables_;
  AlarmData& data_;
  AlarmWheel wheel_;
  std::map<std::string, Composite> composites_;
  std::map<std::string, std::set<std::string>> parents_;     // by child
  std::map<std::string, std::set<std::string>> suppressed_;  // composites, by suppressor
  std::set<std::string> repeating_;  // alarms with actions that are repeated
  Time last_tick_{};
  std::size_t unfinished_ = 0;  // slices posted and not yet evaluated
};

}  // namespace seatrial::services::cloudwatch

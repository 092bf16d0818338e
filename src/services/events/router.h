// From an event to deliveries, from a delivery to its target.
//
// Problem: an accepted event must reach every target of every rule that matches, though the daemon
// is killed in between, and a target may refuse. Choice: matching happens in the transaction that
// accepts the event and makes a record per target; the router carries them out once they are
// durable and erases each in the transaction that has the effect. Rejected: delivering inside
// PutEvents, which could neither wait nor retry.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "decide/event_pattern/event_pattern.h"
#include "room/wake.h"
#include "services/events/parts.h"
#include "services/events/store.h"

namespace seatrial::services::events {

class Router {  // control thread, all of it
 public:
  static constexpr int kMaxHops = 5;           // buses an event may come through
  static constexpr int kDefaultRetries = 185;  // as AWS
  static constexpr int kDefaultAge = 86'400;   // seconds
  static constexpr Millis kFirstRetry{1000}, kLastRetry{60'000};
  static constexpr std::size_t kMaxPending = 1'000'000;
  static constexpr std::size_t kMaxCompiled = 10'000;

  Router(room::Env& env, Tables& tables, Parts parts) : env_(env), tables_(tables), parts_(parts) {}

  void start();
  void stop() { wake_.stop(); }

  // Within a transaction. The event is complete (id, time, account and so on).
  void route(const std::string& region, const std::string& bus, const Value& event, int hops = 0);
  // Rules with a schedule have changed: looks again when the next is due.
  void reschedule();
  bool full() const { return tables_.deliveries.size() >= kMaxPending; }

 private:
  struct Failed {
    std::string code, message;
    bool retry = false;
  };
  using Result = std::optional<Failed>;  // nothing: delivered

  void deliver_to_targets(const RuleRecord& rule, const Value& event, int hops);
  bool matches(const RuleRecord& rule, const Value& event);
  void pass();
  void put_metrics();
  void attempt(const std::string& key);
  Result deliver(const DeliveryRecord& delivery);
  Result run_task(const DeliveryRecord& delivery);
  Result to_log(const std::string& key, const DeliveryRecord& delivery);
  Result to_bus(const DeliveryRecord& delivery);
  void settle(const std::string& key, const Result& result);
  void give_up(const DeliveryRecord& delivery, const Failed& why, std::string_view condition);
  void count(const RuleRecord& rule, const char* metric);
  void count(const std::string& region, const std::string& rule, const char* metric);
  void fire_due();

  room::Env& env_;
  Tables& tables_;
  Parts parts_;
  room::Wake wake_{env_, [this] { pass(); }, [this] { put_metrics(); }};
  std::set<std::pair<Time, std::string>> due_;            // may name deliveries that are gone
  std::map<std::string, decide::EventPattern> compiled_;  // by text
  std::map<std::string, std::vector<cloudwatch::Datum>> metrics_;  // by region, not yet put
  std::map<std::string, Time> next_fire_;                          // of rules with a schedule
  std::optional<Time> fire_wake_;
  std::uint64_t numbers_ = 0;
};

// What a target gets of an event.
std::string input_for(const shape::Target& target, const Value& event, const RuleRecord& rule,
                      Time ingested);

}  // namespace seatrial::services::events

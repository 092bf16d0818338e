// EventBridge's records: buses by "region/name", rules by "region/bus/name", deliveries by number.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/shapes/events.h"
#include "store/table.h"

namespace seatrial::services::events {

namespace shape = aws::events;
using StringMap = std::map<std::string, std::string>;

struct BusRecord {
  std::string name, arn, description;
  StringMap tags;
  Time created{};
  template <class F>
  static void fields(F&& f) {
    f("name", &BusRecord::name);
    f("arn", &BusRecord::arn);
    f("description", &BusRecord::description);
    f("tags", &BusRecord::tags);
    f("created", &BusRecord::created);
  }
};

struct RuleRecord {
  std::string name, bus, region, arn;
  std::string pattern, schedule, state, description, role;
  StringMap tags;
  std::vector<shape::Target> targets;
  Time anchor{};  // since when a rate counts: put or enabled
  template <class F>
  static void fields(F&& f) {
    f("name", &RuleRecord::name);
    f("bus", &RuleRecord::bus);
    f("region", &RuleRecord::region);
    f("arn", &RuleRecord::arn);
    f("pattern", &RuleRecord::pattern);
    f("schedule", &RuleRecord::schedule);
    f("state", &RuleRecord::state);
    f("description", &RuleRecord::description);
    f("role", &RuleRecord::role);
    f("tags", &RuleRecord::tags);
    f("targets", &RuleRecord::targets);
    f("anchor", &RuleRecord::anchor);
  }
  bool enabled() const { return state == "ENABLED"; }
  std::string key() const { return region + "/" + bus + "/" + name; }
};

// One event on its way to one target of one rule.
struct DeliveryRecord {
  std::string rule_arn, rule_name, region;
  shape::Target target;
  std::string input;  // what the target gets
  std::string event;  // the event itself, for another bus
  Time put{}, due{};
  int attempts = 0, hops = 0;  // `hops`: how many buses it has come through
  template <class F>
  static void fields(F&& f) {
    f("rule_arn", &DeliveryRecord::rule_arn);
    f("rule_name", &DeliveryRecord::rule_name);
    f("region", &DeliveryRecord::region);
    f("target", &DeliveryRecord::target);
    f("input", &DeliveryRecord::input);
    f("event", &DeliveryRecord::event);
    f("put", &DeliveryRecord::put);
    f("due", &DeliveryRecord::due);
    f("attempts", &DeliveryRecord::attempts);
    f("hops", &DeliveryRecord::hops);
  }
};

struct Tables {
  explicit Tables(store::Store& store)
      : buses(store, "events.bus"),
        rules(store, "events.rule"),
        deliveries(store, "events.delivery") {}
  store::Table<BusRecord> buses;
  store::Table<RuleRecord> rules;
  store::Table<DeliveryRecord> deliveries;

  auto on_bus(const std::string& region, const std::string& bus) const {
    return rules.with_prefix(region + "/" + bus + "/");
  }
};

}  // namespace seatrial::services::events

// The room's records, keyed by ARN, and how they hang together.
//
// A listener's ARN begins with its load balancer's name and id, a rule's with its listener's, so
// that a prefix finds all that belongs together. A listener's default action is a rule, too
// (IsDefault), as describe-rules shows it.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "decide/target_health/target_health.h"
#include "model/shapes/elbv2.h"
#include "room/room.h"
#include "store/table.h"

namespace seatrial::services::elbv2 {

namespace shape = ::seatrial::aws::elbv2;
using StringMap = std::map<std::string, std::string>;

struct LoadBalancerRecord {
  shape::LoadBalancer shape;  // State is written by the controller
  std::string address;        // the loopback address its listeners have
  StringMap attributes, tags;
  template <class F>
  static void fields(F&& f) {
    f("shape", &LoadBalancerRecord::shape);
    f("address", &LoadBalancerRecord::address);
    f("attributes", &LoadBalancerRecord::attributes);
    f("tags", &LoadBalancerRecord::tags);
  }
};

struct TargetGroupRecord {
  shape::TargetGroup shape;  // without LoadBalancerArns: those follow from the rules
  StringMap attributes, tags;
  template <class F>
  static void fields(F&& f) {
    f("shape", &TargetGroupRecord::shape);
    f("attributes", &TargetGroupRecord::attributes);
    f("tags", &TargetGroupRecord::tags);
  }
};

struct ListenerRecord {
  shape::Listener shape;
  StringMap tags;
  template <class F>
  static void fields(F&& f) {
    f("shape", &ListenerRecord::shape);
    f("tags", &ListenerRecord::tags);
  }
};

struct RuleRecord {
  shape::Rule shape;
  StringMap tags;
  template <class F>
  static void fields(F&& f) {
    f("shape", &RuleRecord::shape);
    f("tags", &RuleRecord::tags);
  }
};

struct TargetRecord {
  std::string group;  // ARN
  std::string ip, zone;
  int port = 0;
  int state = 0;  // decide::TargetState
  std::string reason, description;
  Time drained_at{};  // while draining: when it is gone
  template <class F>
  static void fields(F&& f) {
    f("group", &TargetRecord::group);
    f("ip", &TargetRecord::ip);
    f("zone", &TargetRecord::zone);
    f("port", &TargetRecord::port);
    f("state", &TargetRecord::state);
    f("reason", &TargetRecord::reason);
    f("description", &TargetRecord::description);
    f("drained_at", &TargetRecord::drained_at);
  }
  decide::TargetState target_state() const { return static_cast<decide::TargetState>(state); }
  void set(const decide::TargetHealth& health) {
    state = static_cast<int>(health.state);
    reason = health.reason;
    description = health.description;
  }
};

using Actions = model::List<shape::Action>;

// Where an action list forwards to: ARN and weight.
std::vector<std::pair<std::string, int>> forwards_of(const Actions& actions);

struct Tables {
  explicit Tables(store::Store& store)
      : balancers(store, "elbv2.load_balancer"),
        groups(store, "elbv2.target_group"),
        listeners(store, "elbv2.listener"),
        rules(store, "elbv2.rule"),
        targets(store, "elbv2.target") {}

  store::Table<LoadBalancerRecord> balancers;
  store::Table<TargetGroupRecord> groups;
  store::Table<ListenerRecord> listeners;
  store::Table<RuleRecord> rules;
  store::Table<TargetRecord> targets;  // by "<group ARN>|<ip>:<port>"

  // Target group ARN -> the ARNs of load balancers with a rule that forwards to it.
  std::map<std::string, std::set<std::string>> uses() const;
  std::set<std::string> balancers_of(const std::string& group) const;
  // A listener's rules, by priority, the default one last.
  std::vector<const RuleRecord*> rules_of(const std::string& listener) const;
};

std::string target_key(const std::string& group, const std::string& ip, int port);

// "arn:...:listener/app/web/ab/cd" -> "arn:...:loadbalancer/app/web/ab", and so on.
std::string listener_prefix(const std::string& balancer);  // ends with '/'
std::string rule_prefix(const std::string& listener);      // ends with '/'
std::string balancer_of_listener(const std::string& listener);
std::string listener_of_rule(const std::string& rule);
std::string region_of(const std::string& arn);
// "app/web/ab", "targetgroup/web/cd": CloudWatch's dimension values.
std::string dimension_of(const std::string& arn);
// "web.cd" out of ".../web/cd": a name for the proxy.
std::string proxy_name(const std::string& arn);

}  // namespace seatrial::services::elbv2

// Records: scalable targets by "region/resource id", policies by "region/resource id/name",
// scheduled actions likewise, activities by "region/resource id/time and number". The dimension is
// always ecs:service:DesiredCount.
#pragma once
#include <string>
#include <vector>

#include "decide/scaling/scaling.h"
#include "model/shapes/application_autoscaling.h"
#include "store/table.h"

namespace seatrial::services::application_autoscaling {

namespace shape = aws::application_autoscaling;

inline constexpr const char *kNamespace = "ecs", *kDimension = "ecs:service:DesiredCount";

// "service/CLUSTER/SERVICE"
struct ServiceName {
  std::string cluster, service;
};
std::optional<ServiceName> parse_resource(const std::string& resource_id);

struct TargetRecord {
  std::string region;
  shape::ScalableTarget target;
  Time out_until{}, in_until{};
  int out_base = 0;
  template <class F>
  static void fields(F&& f) {
    f("region", &TargetRecord::region);
    f("target", &TargetRecord::target);
    f("out_until", &TargetRecord::out_until);
    f("in_until", &TargetRecord::in_until);
    f("out_base", &TargetRecord::out_base);
  }
  std::string key() const { return region + "/" + target.ResourceId; }
  decide::ScalingCooldowns cooldowns() const { return {out_until, in_until, out_base}; }
};

struct PolicyRecord {
  std::string region;
  shape::ScalingPolicy policy;        // Alarms: those it has made itself
  std::string high_alarm, low_alarm;  // names, of a target tracking policy
  template <class F>
  static void fields(F&& f) {
    f("region", &PolicyRecord::region);
    f("policy", &PolicyRecord::policy);
    f("high_alarm", &PolicyRecord::high_alarm);
    f("low_alarm", &PolicyRecord::low_alarm);
  }
  std::string target_key() const { return region + "/" + policy.ResourceId; }
  std::string key() const { return target_key() + "/" + policy.PolicyName; }
  bool tracks() const { return policy.TargetTrackingScalingPolicyConfiguration.has_value(); }
};

struct ScheduledRecord {
  std::string region;
  shape::ScheduledAction action;
  std::optional<Time> due;  // the next time; nothing: never again
  template <class F>
  static void fields(F&& f) {
    f("region", &ScheduledRecord::region);
    f("action", &ScheduledRecord::action);
    f("due", &ScheduledRecord::due);
  }
  std::string target_key() const { return region + "/" + action.ResourceId; }
};

struct Tables {
  explicit Tables(store::Store& store)
      : targets(store, "autoscaling.target"),
        policies(store, "autoscaling.policy"),
        activities(store, "autoscaling.activity"),
        scheduled(store, "autoscaling.scheduled") {}
  store::Table<TargetRecord> targets;
  store::Table<PolicyRecord> policies;
  store::Table<shape::ScalingActivity> activities;
  store::Table<ScheduledRecord> scheduled;
};

}  // namespace seatrial::services::application_autoscaling

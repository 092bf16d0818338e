// The pair of alarms that a target tracking policy makes. Pure.
#pragma once
#include <string>

#include "services/application_autoscaling/store.h"

namespace seatrial::services::application_autoscaling {

// Why the policy's metric is not one that can be watched here; empty: it can.
std::string metric_problem(const shape::TargetTrackingScalingPolicyConfiguration& configuration);

// Inputs of PutMetricAlarm, in canonical form.
struct AlarmPair {
  Value high, low;
};
AlarmPair tracking_alarms(const PolicyRecord& record, const ServiceName& service);

// "TargetTracking-service/web/api-AlarmHigh-<uuid>"
std::string alarm_name(const std::string& resource_id, const char* which, const std::string& uuid);

}  // namespace seatrial::services::application_autoscaling

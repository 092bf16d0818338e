// Why an alarm is in its state, in CloudWatch's words. Pure.
//
// Sources: reasons that CloudWatch wrote, as people published them (state changes in EventBridge
// events and SNS messages of 2018 to 2026).
// guess: "N datapoints" without "out of the last" is how alarms without DatapointsToAlarm speak;
// the order of evaluatedDatapoints is newest first; how many points the data name at most.
#pragma once
#include <span>
#include <string>

#include "decide/alarm/alarm.h"

namespace seatrial::decide {

// `real` are the evaluated values, newest first.
std::string alarm_reason(const AlarmRule& rule, AlarmState state, std::span<const AlarmPoint> real);

// Of one time series of several, whose points are those of the evaluation range, oldest first. Only
// the newest value that speaks for the state is named.
// guess: how an OK one's is worded; that DatapointsToAlarm changes nothing in it.
std::string contributor_reason(const AlarmRule& rule, AlarmState state,
                               std::span<const AlarmPoint> points);

std::string alarm_reason_data(const AlarmRule& rule, std::span<const AlarmPoint> real, Time now);

// A double as Java prints it: "3.0", "0.066", "1.0E7".
std::string java_double(double value);

std::string alarm_timestamp(Time at);  // "2024-09-19T06:01:18.043+0000"
std::string alarm_long_date(Time at);  // "Friday 22 July, 2022 15:57:45 UTC"

// The children that turned a composite alarm, for its StateReasonData.
struct ChildState {
  std::string arn;
  AlarmState state = AlarmState::kInsufficientData;
  Time at{};  // of its last transition
};
std::string composite_reason_data(std::span<const ChildState> children);

}  // namespace seatrial::decide

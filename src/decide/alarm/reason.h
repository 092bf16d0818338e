// Why an alarm is in its state, in CloudWatch's words. Pure.
//
// Sources: reasons that CloudWatch wrote, as people published them (state changes in EventBridge
// events and SNS messages of 2018 to 2026).
// guess: "N datapoints" without "out of the last" is how alarms without DatapointsToAlarm speak;
// the order of evaluatedDatapoints is newest first.
#pragma once
#include <span>
#include <string>

#include "decide/alarm/alarm.h"

namespace seatrial::decide {

// `real` are the evaluated values, newest first.
std::string alarm_reason(const AlarmRule& rule, AlarmState state, std::span<const AlarmPoint> real);
std::string alarm_reason_data(const AlarmRule& rule, std::span<const AlarmPoint> real, Time now);

// A double as Java prints it: "3.0", "0.066", "1.0E7".
std::string java_double(double value);

}  // namespace seatrial::decide

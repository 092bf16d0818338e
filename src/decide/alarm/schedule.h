// When an alarm is evaluated, and which periods it then looks at. Pure.
//
// Sources: CloudWatch user guide, "Evaluating an alarm" (every minute; every 10 seconds for
// high-resolution alarms; every hour when more than a day is looked at). Reasons that CloudWatch
// wrote show that periods longer than a minute do not lie on the clock's grid but end at the minute
// of the evaluation: at 09:51:49 with periods of 15 minutes the newest datapoint was 09:36.
#pragma once
#include "decide/alarm/alarm.h"

namespace seatrial::decide {

inline constexpr int kHighResolutionTick_s = 10, kMinute_s = 60, kHour_s = 3600, kDay_s = 86'400;

// Seconds between evaluations: 10, 60 or 3600.
int evaluation_interval_s(int period_s, int evaluation_periods);

// Whether one of the interval's moments lies in (last, now]: an evaluation that came late is not
// lost, several are one.
inline bool is_due(int interval_s, Time last, Time now) {
  const std::int64_t interval = 1000LL * interval_s;
  return to_ms(now) / interval != to_ms(last) / interval;
}

struct EvaluationWindow {
  Time start{}, end{};  // [start, end), `periods` times the period long
  int periods = 0;
};

// The window at `now`: its end is the last full minute (10 seconds for shorter periods).
EvaluationWindow evaluation_window(Time now, int period_s, int evaluation_periods);

}  // namespace seatrial::decide

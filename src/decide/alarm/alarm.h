// What state a CloudWatch alarm is in, from the datapoints of its evaluation range. Pure.
//
// CloudWatch looks at more periods than it evaluates (the evaluation range), so that a late
// datapoint does not change the state at once: it evaluates the newest N that exist, and fills up
// with what "treat missing data" says only when there are fewer.
// Sources: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" (all ten
// rows of its tables are tests) and "Percentile-based alarms and low data samples".
// guess: the range's length is N + 2, which fits both published cases.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace seatrial::decide {

enum class AlarmState { kOk, kAlarm, kInsufficientData };
std::string_view alarm_state_name(AlarmState state);  // "OK", "ALARM", "INSUFFICIENT_DATA"
std::optional<AlarmState> parse_alarm_state(std::string_view name);

enum class MissingData { kMissing, kIgnore, kBreaching, kNotBreaching };

enum class Comparison {
  kGreaterThanOrEqualToThreshold,
  kGreaterThanThreshold,
  kLessThanThreshold,
  kLessThanOrEqualToThreshold,
  kLessThanLowerOrGreaterThanUpperThreshold,  // anomaly detection: outside the band
  kLessThanLowerThreshold,
  kGreaterThanUpperThreshold
};
std::optional<Comparison> parse_comparison(std::string_view name);  // as in the API

struct AlarmRule {
  Comparison comparison = Comparison::kGreaterThanThreshold;
  double threshold = 0;         // not of anomaly detection
  int evaluation_periods = 1;   // N
  int datapoints_to_alarm = 1;  // M
  bool m_of_n = false;          // DatapointsToAlarm was given: the reason then speaks of "out of"
  MissingData missing = MissingData::kMissing;
  std::string statistic;  // "Average", "p99": for the reason's data
  int period_s = 60;
  bool ignore_low_samples = false;   // EvaluateLowSampleCountPercentile is "ignore"
  std::optional<double> percentile;  // of the statistic, 0 to 100
};

// One period of the evaluation range.
struct AlarmPoint {
  Time at{};                    // the period's start
  std::optional<double> value;  // none: missing
  double sample_count = 0;
  double lower = 0, upper = 0;  // the band, for anomaly detection
};

// How many periods are looked at, the newest included.
inline int evaluation_range(int evaluation_periods) { return evaluation_periods + 2; }

bool breaches(const AlarmRule& rule, const AlarmPoint& point);

struct AlarmVerdict {
  AlarmState state = AlarmState::kInsufficientData;
  std::string reason;       // StateReason
  std::string reason_data;  // StateReasonData: JSON
};

// `points` are the periods of the evaluation range, oldest first. Nothing: the state is kept.
// The state alone is what every tick asks of every alarm: it allocates nothing.
std::optional<AlarmState> decide_alarm_state(const AlarmRule& rule,
                                             std::span<const AlarmPoint> points);
std::optional<AlarmVerdict> evaluate_alarm(const AlarmRule& rule,
                                           std::span<const AlarmPoint> points, Time now);

}  // namespace seatrial::decide

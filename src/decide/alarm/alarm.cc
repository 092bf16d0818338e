// See alarm.h. The words of reasons are in reason.cc.
#include "decide/alarm/alarm.h"

#include <algorithm>
#include <array>

#include "decide/alarm/reason.h"

namespace seatrial::decide {
namespace {

constexpr std::array<std::string_view, 3> kStates = {"OK", "ALARM", "INSUFFICIENT_DATA"};

constexpr std::array<std::string_view, 7> kComparisons = {
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold"};

template <class Enum, std::size_t kCount>
std::optional<Enum> parse(const std::array<std::string_view, kCount>& names,
                          std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

// The newest N periods that have a value, newest first.
std::vector<AlarmPoint> newest_real(std::span<const AlarmPoint> points, int most) {
  std::vector<AlarmPoint> out;
  for (auto i = points.size(); i > 0 && static_cast<int>(out.size()) < most; --i)
    if (points[i - 1].value) out.push_back(points[i - 1]);
  return out;
}

// Too few samples for a percentile to mean anything.
bool too_few_samples(const AlarmRule& rule, const AlarmPoint& newest) {
  if (!rule.ignore_low_samples || !rule.percentile) return false;
  const double p = *rule.percentile / 100;
  const double needed = p >= 0.5 ? 10 / (1 - p) : 10 / p;
  return newest.sample_count < needed;
}

// How many periods old the oldest breaching value among the last N is; 1: the newest.
int age_of_oldest_breach(const AlarmRule& rule, std::span<const AlarmPoint> points) {
  int age = 0, oldest = 0;
  for (auto i = points.size(); i > 0; --i) {
    ++age;
    if (breaches(rule, points[i - 1])) oldest = age;
  }
  return oldest;
}

// Fewer values than N, and the missing ones are neither good nor bad.
std::optional<AlarmState> decide_with_gaps(const AlarmRule& rule,
                                           std::span<const AlarmPoint> points, int real,
                                           int breaching) {
  const bool ignores = rule.missing == MissingData::kIgnore;
  if (real == 0) {
    if (ignores) return std::nullopt;
    return AlarmState::kInsufficientData;
  }
  if (breaching >= rule.datapoints_to_alarm) return AlarmState::kAlarm;
  if (breaching < real) return AlarmState::kOk;
  if (ignores || age_of_oldest_breach(rule, points) < rule.datapoints_to_alarm) return std::nullopt;
  return AlarmState::kAlarm;
}

std::optional<AlarmState> decide_state(const AlarmRule& rule, std::span<const AlarmPoint> points,
                                       int real, int breaching) {
  const int filled = rule.evaluation_periods - real;
  const auto alarm_if = [](bool alarm) { return alarm ? AlarmState::kAlarm : AlarmState::kOk; };
  if (filled <= 0) return alarm_if(breaching >= rule.datapoints_to_alarm);
  if (rule.missing == MissingData::kBreaching)
    return alarm_if(breaching + filled >= rule.datapoints_to_alarm);
  if (rule.missing == MissingData::kNotBreaching)
    return alarm_if(breaching >= rule.datapoints_to_alarm);
  return decide_with_gaps(rule, points, real, breaching);
}

}  // namespace

std::string_view alarm_state_name(AlarmState state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::optional<AlarmState> parse_alarm_state(std::string_view name) {
  return parse<AlarmState>(kStates, name);
}

std::optional<Comparison> parse_comparison(std::string_view name) {
  return parse<Comparison>(kComparisons, name);
}

bool breaches(const AlarmRule& rule, const AlarmPoint& point) {
  if (!point.value) return false;
  const double value = *point.value;
  switch (rule.comparison) {
    case Comparison::kGreaterThanOrEqualToThreshold:
      return value >= rule.threshold;
    case Comparison::kGreaterThanThreshold:
      return value > rule.threshold;
    case Comparison::kLessThanThreshold:
      return value < rule.threshold;
    case Comparison::kLessThanOrEqualToThreshold:
      return value <= rule.threshold;
    case Comparison::kLessThanLowerOrGreaterThanUpperThreshold:
      return value < point.lower || value > point.upper;
    case Comparison::kLessThanLowerThreshold:
      return value < point.lower;
    case Comparison::kGreaterThanUpperThreshold:
      return value > point.upper;
  }
  return false;
}

std::optional<AlarmState> decide_alarm_state(const AlarmRule& rule,
                                             std::span<const AlarmPoint> points) {
  int real = 0, breaching = 0;
  for (auto i = points.size(); i > 0 && real < rule.evaluation_periods; --i) {
    const auto& point = points[i - 1];
    if (!point.value) continue;
    if (real == 0 && too_few_samples(rule, point)) return std::nullopt;
    ++real;
    breaching += breaches(rule, point) ? 1 : 0;
  }
  return decide_state(rule, points, real, breaching);
}

std::optional<AlarmVerdict> evaluate_alarm(const AlarmRule& rule,
                                           std::span<const AlarmPoint> points, Time now) {
  const auto state = decide_alarm_state(rule, points);
  if (!state) return std::nullopt;
  const auto real = newest_real(points, rule.evaluation_periods);
  return AlarmVerdict{*state, alarm_reason(rule, *state, real), alarm_reason_data(rule, real, now)};
}

}  // namespace seatrial::decide

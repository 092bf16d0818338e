#include "decide/alarm/reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace seatrial::decide {
namespace {

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string_view was_or_were(std::size_t count) { return count == 1 ? "was" : "were"; }

bool is_band(Comparison comparison) {
  return comparison == Comparison::kLessThanLowerOrGreaterThanUpperThreshold ||
         comparison == Comparison::kLessThanLowerThreshold ||
         comparison == Comparison::kGreaterThanUpperThreshold;
}

std::string_view words_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kGreaterThanOrEqualToThreshold:
      return "greater than or equal to";
    case Comparison::kGreaterThanThreshold:
      return "greater than";
    case Comparison::kLessThanThreshold:
      return "less than";
    case Comparison::kLessThanOrEqualToThreshold:
      return "less than or equal to";
    case Comparison::kLessThanLowerOrGreaterThanUpperThreshold:
      return "less than the lower thresholds or greater than";
    case Comparison::kLessThanLowerThreshold:
      return "less than";
    case Comparison::kGreaterThanUpperThreshold:
      return "greater than";
  }
  return "";
}

// "26/10/24 18:59:00" of "2024-10-26T18:59:00.000Z".
std::string short_time(Time at) {
  const std::string iso = format_iso8601(at);
  return fmt::format("{}/{}/{} {}", iso.substr(8, 2), iso.substr(5, 2), iso.substr(2, 2),
                     iso.substr(11, 8));
}

// "2024-09-19T06:01:18.043+0000".
std::string long_time(Time at) {
  const std::string iso = format_iso8601(at);
  const auto seconds = iso.substr(0, 19);
  const auto millis = to_ms(at) % 1000;
  return fmt::format("{}.{:03}+0000", seconds, millis);
}

std::string joined(std::span<const AlarmPoint> points, auto text_of) {
  std::string out;
  for (const auto& point : points) out += (out.empty() ? "" : ", ") + text_of(point);
  return out;
}

std::string values_of(std::span<const AlarmPoint> points) {
  return joined(points, [](const AlarmPoint& point) {
    return fmt::format("{} ({})", java_double(*point.value), short_time(point.at));
  });
}

// "the threshold (1.0)", "the upper thresholds [44.5, 44.6]".
std::string limits_of(const AlarmRule& rule, std::span<const AlarmPoint> points) {
  if (!is_band(rule.comparison))
    return fmt::format("the threshold ({})", java_double(rule.threshold));
  const bool lower = rule.comparison == Comparison::kLessThanLowerThreshold;
  return fmt::format("the {} thresholds [{}]", lower ? "lower" : "upper",
                     joined(points, [&](const AlarmPoint& point) {
                       return java_double(lower ? point.lower : point.upper);
                     }));
}

// How many datapoints turn the state back.
std::string transition_of(const AlarmRule& rule, AlarmState state) {
  const bool alarm = state == AlarmState::kAlarm;
  const auto least =
      alarm ? rule.datapoints_to_alarm : rule.evaluation_periods - rule.datapoints_to_alarm + 1;
  return fmt::format(" (minimum {} for {} transition)",
                     plural(static_cast<std::size_t>(least), "datapoint"),
                     alarm ? "OK -> ALARM" : "ALARM -> OK");
}

std::string filled_reason(const AlarmRule& rule, std::span<const AlarmPoint> real) {
  const auto periods = static_cast<std::size_t>(rule.evaluation_periods);
  const auto missing = periods - real.size();
  const std::string received = real.empty()
                                   ? "no datapoints were received"
                                   : fmt::format("{} {} received", plural(real.size(), "datapoint"),
                                                 was_or_were(real.size()));
  return fmt::format("Threshold Crossed: {} for {} and {} {} treated as [{}].", received,
                     plural(periods, "period"), plural(missing, "missing datapoint"),
                     was_or_were(missing),
                     rule.missing == MissingData::kBreaching ? "Breaching" : "NonBreaching");
}

std::string crossed_reason(const AlarmRule& rule, AlarmState state,
                           std::span<const AlarmPoint> real) {
  const bool alarm = state == AlarmState::kAlarm;
  std::vector<AlarmPoint> telling;
  std::ranges::copy_if(real, std::back_inserter(telling),
                       [&](const AlarmPoint& point) { return breaches(rule, point) == alarm; });
  const auto count =
      rule.m_of_n ? fmt::format("{} out of the last {} datapoints", telling.size(), real.size())
                  : plural(telling.size(), "datapoint");
  return fmt::format("{} Crossed: {} [{}] {} {}{} {}{}.",
                     is_band(rule.comparison) ? "Thresholds" : "Threshold", count,
                     values_of(telling), was_or_were(telling.size()), alarm ? "" : "not ",
                     words_of(rule.comparison), limits_of(rule, telling),
                     rule.m_of_n ? transition_of(rule, state) : "");
}

std::string evaluated(const AlarmRule& rule, const AlarmPoint& point) {
  std::string out = fmt::format(R"({{"timestamp":"{}")", long_time(point.at));
  if (!is_band(rule.comparison))
    out += fmt::format(R"(,"sampleCount":{})", java_double(point.sample_count));
  out += fmt::format(R"(,"value":{})", java_double(*point.value));
  if (is_band(rule.comparison)) out += fmt::format(R"(,"threshold":{})", java_double(point.upper));
  return out + "}";
}

}  // namespace

std::string java_double(double value) {
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-3 && size < 1e7);
  char buffer[64];
  const auto end =
      plain ? std::to_chars(buffer, std::end(buffer), value, std::chars_format::fixed).ptr
            : std::to_chars(buffer, std::end(buffer), value, std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  const auto exponent = text.find('e');
  std::string digits = text.substr(0, exponent);
  if (!digits.contains('.')) digits += ".0";
  if (exponent == std::string::npos) return digits;
  return fmt::format("{}E{}", digits, std::atoi(text.c_str() + exponent + 1));
}

std::string alarm_reason(const AlarmRule& rule, AlarmState state,
                         std::span<const AlarmPoint> real) {
  const auto periods = static_cast<std::size_t>(rule.evaluation_periods);
  if (state == AlarmState::kInsufficientData)
    return fmt::format("Insufficient Data: {} {} unknown.", plural(periods, "datapoint"),
                       was_or_were(periods));
  const bool fills =
      rule.missing == MissingData::kBreaching || rule.missing == MissingData::kNotBreaching;
  if (real.size() < periods && fills) return filled_reason(rule, real);
  return crossed_reason(rule, state, real);
}

std::string alarm_reason_data(const AlarmRule& rule, std::span<const AlarmPoint> real, Time now) {
  std::string recent, points;
  for (const auto& point : real) {  // recentDatapoints run the other way
    recent.insert(0, java_double(*point.value) + (recent.empty() ? "" : ","));
    points += (points.empty() ? "" : ",") + evaluated(rule, point);
  }
  std::string out = fmt::format(R"({{"version":"1.0","queryDate":"{}")", long_time(now));
  if (!real.empty()) out += fmt::format(R"(,"startDate":"{}")", long_time(real.back().at));
  if (!rule.statistic.empty()) out += fmt::format(R"(,"statistic":"{}")", rule.statistic);
  out += fmt::format(R"(,"period":{},"recentDatapoints":[{}])", rule.period_s, recent);
  if (!is_band(rule.comparison))
    out += fmt::format(R"(,"threshold":{})", java_double(rule.threshold));
  return out + fmt::format(R"(,"evaluatedDatapoints":[{}]}})", points);
}

}  // namespace seatrial::decide

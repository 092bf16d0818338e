#include "decide/alarm/reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace seatrial::decide {
namespace {

constexpr std::size_t kMostRecent = 5;     // values a reason names
constexpr std::size_t kMaxRecent = 100;    // of StateReasonData, which is 4,000 characters at most:
constexpr std::size_t kMaxEvaluated = 15;  // guess, both
constexpr std::size_t kMaxReasonData = 3900;

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
    default:
      return "";
  }
}

// "26/10/24 18:59:00" of "2024-10-26T18:59:00.000Z".
std::string short_time(Time at) {
  const std::string iso = format_iso8601(at);
  return fmt::format("{}/{}/{} {}", iso.substr(8, 2), iso.substr(5, 2), iso.substr(2, 2),
                     iso.substr(11, 8));
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

// "greater than the threshold (1.0)", "not less than the lower thresholds [1.0] or not greater than
// the upper thresholds [2.0]".
std::string comparison_of(const AlarmRule& rule, bool alarm, std::span<const AlarmPoint> points) {
  const std::string_view maybe_not = alarm ? "" : "not ";
  const auto band = [&](std::string_view words, std::string_view side, double AlarmPoint::* limit) {
    return fmt::format("{}{} the {} thresholds [{}]", maybe_not, words, side,
                       joined(points, [&](const AlarmPoint& p) { return java_double(p.*limit); }));
  };
  switch (rule.comparison) {
    case Comparison::kLessThanLowerOrGreaterThanUpperThreshold:
      return band("less than", "lower", &AlarmPoint::lower) + " or " +
             band("greater than", "upper", &AlarmPoint::upper);
    case Comparison::kLessThanLowerThreshold:
      return band("less than", "lower", &AlarmPoint::lower);
    case Comparison::kGreaterThanUpperThreshold:
      return band("greater than", "upper", &AlarmPoint::upper);
    default:
      return fmt::format("{}{} the threshold ({})", maybe_not, words_of(rule.comparison),
                         java_double(rule.threshold));
  }
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

// " and 2 missing datapoints were treated as [Breaching]"; empty when none was.
std::string filled_in(const AlarmRule& rule, std::size_t missing) {
  if (missing == 0) return "";
  return fmt::format(" and {} {} treated as [{}]", plural(missing, "missing datapoint"),
                     was_or_were(missing),
                     rule.missing == MissingData::kBreaching ? "Breaching" : "NonBreaching");
}

// No value speaks for the state, only what missing ones were taken for.
std::string filled_reason(const AlarmRule& rule, std::span<const AlarmPoint> real,
                          std::size_t missing) {
  const std::string received = real.empty()
                                   ? "no datapoints were received"
                                   : fmt::format("{} {} received", plural(real.size(), "datapoint"),
                                                 was_or_were(real.size()));
  return fmt::format("Threshold Crossed: {} for {}{}.", received,
                     plural(static_cast<std::size_t>(rule.evaluation_periods), "period"),
                     filled_in(rule, missing));
}

std::string crossed_reason(const AlarmRule& rule, AlarmState state,
                           std::span<const AlarmPoint> real, std::size_t missing) {
  const bool alarm = state == AlarmState::kAlarm;
  std::vector<AlarmPoint> telling;
  std::ranges::copy_if(real, std::back_inserter(telling),
                       [&](const AlarmPoint& point) { return breaches(rule, point) == alarm; });
  if (telling.empty() && missing > 0) return filled_reason(rule, real, missing);
  const auto count = rule.m_of_n ? fmt::format("{} out of the last {} datapoints", telling.size(),
                                               real.size() + missing)
                                 : plural(telling.size(), "datapoint");
  const auto were = was_or_were(telling.size());
  const auto transition = rule.m_of_n ? transition_of(rule, state) : "";
  const std::string subject = is_band(rule.comparison) ? "Thresholds" : "Threshold";
  const std::span recent(telling.data(), std::min(telling.size(), kMostRecent));
  const std::string compared = comparison_of(rule, alarm, recent) + filled_in(rule, missing);
  if (telling.size() < kMostRecent)
    return fmt::format("{} Crossed: {} [{}] {} {}{}.", subject, count, values_of(recent), were,
                       compared, transition);
  return fmt::format(
      "{} Crossed: {} {} {}. The most recent datapoints which crossed the threshold: [{}]{}.",
      subject, count, were, compared, values_of(recent), transition);
}

std::string evaluated(const AlarmRule& rule, const AlarmPoint& point) {
  std::string out = fmt::format(R"({{"timestamp":"{}")", alarm_timestamp(point.at));
  if (!is_band(rule.comparison))
    out += fmt::format(R"(,"sampleCount":{})", java_double(point.sample_count));
  return out + fmt::format(R"(,"value":{}}})", java_double(*point.value));
}

// Values oldest first, as "recentDatapoints" has them; `real` is newest first.
std::string oldest_first(std::span<const AlarmPoint> real, auto value_of) {
  std::string out;
  for (const auto& point : real.first(std::min(real.size(), kMaxRecent)))
    out.insert(0, java_double(value_of(point)) + (out.empty() ? "" : ","));
  return out;
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
  return crossed_reason(rule, state, real,
                        fills && real.size() < periods ? periods - real.size() : 0);
}

std::string contributor_reason(const AlarmRule& rule, AlarmState state,
                               std::span<const AlarmPoint> points) {
  const bool alarm = state == AlarmState::kAlarm;
  const auto periods = static_cast<std::size_t>(rule.evaluation_periods);
  std::vector<AlarmPoint> real, telling;
  for (auto i = points.size(); i > 0 && real.size() < periods; --i) {
    const auto& point = points[i - 1];
    if (point.value) real.push_back(point);
    if (point.value && breaches(rule, point) == alarm) telling.push_back(point);
  }
  const bool fills =
      rule.missing == MissingData::kBreaching || rule.missing == MissingData::kNotBreaching;
  const std::size_t missing = fills ? periods - real.size() : 0;
  if (telling.empty()) return filled_reason(rule, real, missing);
  const auto count = telling.size();
  return fmt::format(
      "Threshold Crossed: {} {} {}{}. The most recent {} which crossed the threshold: [{}].",
      plural(count, "datapoint"), was_or_were(count), comparison_of(rule, alarm, telling),
      filled_in(rule, missing), count == 1 ? "datapoint" : "datapoints",
      values_of(std::span(telling).first(1)));
}

std::string alarm_reason_data(const AlarmRule& rule, std::span<const AlarmPoint> real, Time now) {
  std::string out = fmt::format(R"({{"version":"1.0","queryDate":"{}")", alarm_timestamp(now));
  if (!real.empty()) out += fmt::format(R"(,"startDate":"{}")", alarm_timestamp(real.back().at));
  if (!rule.statistic.empty()) out += fmt::format(R"(,"statistic":"{}")", rule.statistic);
  out += fmt::format(R"(,"period":{},"recentDatapoints":[{}])", rule.period_s,
                     oldest_first(real, [](const AlarmPoint& p) { return *p.value; }));
  if (is_band(rule.comparison)) {
    out += fmt::format(R"(,"recentLowerThresholds":[{}],"recentUpperThresholds":[{}])",
                       oldest_first(real, [](const AlarmPoint& p) { return p.lower; }),
                       oldest_first(real, [](const AlarmPoint& p) { return p.upper; }));
  } else {
    out += fmt::format(R"(,"threshold":{})", java_double(rule.threshold));
  }
  std::string points;
  for (const auto& point : real.first(std::min(real.size(), kMaxEvaluated)))
    points += (points.empty() ? "" : ",") + evaluated(rule, point);
  return out + fmt::format(R"(,"evaluatedDatapoints":[{}]}})", points);
}

// "2024-09-19T06:01:18.043+0000".
std::string alarm_timestamp(Time at) {
  return fmt::format("{}.{:03}+0000", format_iso8601(at).substr(0, 19), to_ms(at) % 1000);
}

// "Friday 22 July, 2022 15:57:45 UTC".
std::string alarm_long_date(Time at) {
  static constexpr const char* kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};
  static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  return fmt::format("{} {:02} {}, {} {} UTC", kDays[std::chrono::weekday(day).c_encoding()],
                     unsigned{date.day()}, kMonths[unsigned{date.month()} - 1], int{date.year()},
                     format_iso8601(at).substr(11, 8));
}

std::string composite_reason_data(std::span<const ChildState> children) {
  std::string out;
  for (const auto& child : children) {
    std::string item =
        fmt::format(R"({{"arn":"{}","state":{{"value":"{}","timestamp":"{}"}}}})", child.arn,
                    alarm_state_name(child.state), alarm_timestamp(child.at));
    if (out.size() + item.size() > kMaxReasonData) break;
    out += (out.empty() ? "" : ",") + item;
  }
  return R"({"triggeringAlarms":[)" + out + "]}";
}

}  // namespace seatrial::decide

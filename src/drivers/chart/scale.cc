#include "drivers/chart/scale.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace seatrial::drivers::chart {
namespace {

constexpr std::size_t kMaxTicks = 100;

std::string trimmed(std::string text) {
  if (text.find('.') == text.npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Civil time of the zone, as system time.
Time shifted(Time t, std::chrono::minutes offset) { return t + offset; }

std::string clock_text(Time civil, Millis step) {
  const auto day = std::chrono::floor<std::chrono::days>(civil);
  const std::chrono::hh_mm_ss time{civil - day};
  const std::chrono::year_month_day date{day};
  const auto month_day = fmt::format("{:02}/{:02}", static_cast<unsigned>(date.month()),
                                     static_cast<unsigned>(date.day()));
  if (step >= std::chrono::days(1)) return month_day;
  const auto hours = fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count());
  if (step >= std::chrono::minutes(1)) return hours;
  return fmt::format("{}:{:02}", hours, time.seconds().count());
}

}  // namespace

double round_step(Range range, int wanted) {
  const double span = range.high - range.low;
  if (!(span > 0) || !std::isfinite(span)) return 1;
  const double rough = span / std::max(wanted, 1);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= rough * 0.999) return factor * power;
  }
  return 10 * power;
}

Range widened(Range range, double step) {
  return {std::floor(range.low / step + 1e-9) * step, std::ceil(range.high / step - 1e-9) * step};
}

std::vector<double> ticks(Range range, double step) {
  std::vector<double> out;
  const double first = std::ceil(range.low / step - 1e-9);
  for (std::size_t i = 0; i < kMaxTicks; ++i) {
    const double value = (first + static_cast<double>(i)) * step;
    if (value > range.high + step * 1e-6) break;
    out.push_back(std::abs(value) < step * 1e-9 ? 0 : value);
  }
  return out;
}

std::string short_number(double value, double step) {
  static constexpr std::array<std::pair<double, const char*>, 5> kUnits{
      {{1e15, "P"}, {1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}}};
  if (!std::isfinite(value)) return fmt::format("{}", value);
  if (std::abs(value) >= 1e18) return fmt::format("{:.3g}", value);
  double unit = 1;
  const char* suffix = "";
  for (const auto& [size, name] : kUnits) {
    if (std::abs(value) < size) continue;
    unit = size;
    suffix = name;
    break;
  }
  const double small = std::abs(step) / unit;
  const int digits =
      small <= 0 ? 2 : std::clamp(static_cast<int>(1 - std::floor(std::log10(small))), 0, 12);
  return trimmed(fmt::format("{:.{}f}", value / unit, digits)) + suffix;
}

std::string short_number(double value) {
  const double size = std::abs(value);
  return short_number(value, size == 0 ? 1 : size / 100);
}

std::string full_number(double value) { return trimmed(fmt::format("{:.10g}", value)); }

std::vector<TimeTick> time_ticks(Time start, Time end, std::chrono::minutes offset, int most) {
  using namespace std::chrono_literals;
  static constexpr std::array<Millis, 22> kSteps{1s,    5s,    10s, 15s,  30s,  60s, 5min, 10min,
                                                 15min, 30min, 1h,  2h,   3h,   4h,  6h,   12h,
                                                 24h,   48h,   96h, 168h, 336h, 720h};
  Millis step = kSteps.back();
  for (const Millis candidate : kSteps) {
    if ((end - start) / candidate > most) continue;
    step = candidate;
    break;
  }
  while ((end - start) / step > most) step *= 2;
  std::vector<TimeTick> out;
  const auto civil = shifted(start, offset).time_since_epoch();
  auto at = Time{((civil + step - Millis{1}) / step) * step};
  for (; at <= shifted(end, offset); at += step) out.push_back({at - offset, clock_text(at, step)});
  return out;
}

}  // namespace seatrial::drivers::chart

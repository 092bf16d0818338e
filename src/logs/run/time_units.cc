#include "logs/run/time_units.h"

#include <algorithm>
#include <chrono>

namespace seatrial::logs::run {
namespace {

using query::PeriodUnit;
using namespace std::chrono;

constexpr std::int64_t kDay = 86'400'000, kWeek = 7 * kDay;
constexpr std::int64_t kMonday = 4 * kDay;  // 1970-01-05
constexpr std::int64_t kMaxCount = 1'000'000;

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const auto rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

std::int64_t count_of(const query::Period& period) {
  const int cap = query::largest_count(period.unit);
  const auto count = std::clamp<std::int64_t>(period.count, 1, kMaxCount);
  return cap > 0 ? std::min<std::int64_t>(count, cap) : count;
}

std::int64_t unit_length(PeriodUnit unit) {
  switch (unit) {
    case PeriodUnit::kMillisecond:
      return 1;
    case PeriodUnit::kSecond:
      return 1'000;
    case PeriodUnit::kMinute:
      return 60'000;
    case PeriodUnit::kHour:
      return 3'600'000;
    case PeriodUnit::kDay:
      return kDay;
    case PeriodUnit::kWeek:
      return kWeek;
    case PeriodUnit::kMonth:
      return 30 * kDay;
    case PeriodUnit::kQuarter:
      return 91 * kDay;
    case PeriodUnit::kYear:
      return 365 * kDay;
  }
  return kDay;
}

std::int64_t months_of(PeriodUnit unit) {
  return unit == PeriodUnit::kYear ? 12 : unit == PeriodUnit::kQuarter ? 3 : 1;
}

// Months since year 0.
std::int64_t month_number(std::int64_t ms) {
  const year_month_day date{floor<days>(sys_time<milliseconds>{milliseconds{ms}})};
  return static_cast<int>(date.year()) * 12 +
         static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

std::int64_t month_begin(std::int64_t number) {
  const auto in_year = (number % 12 + 12) % 12;
  const year_month_day date{year{static_cast<int>((number - in_year) / 12)},
                            month{static_cast<unsigned>(in_year + 1)}, day{1}};
  return duration_cast<milliseconds>(sys_days{date}.time_since_epoch()).count();
}

}  // namespace

std::optional<std::int64_t> fixed_length(const query::Period& period) {
  if (period.unit >= PeriodUnit::kMonth) return std::nullopt;
  return count_of(period) * unit_length(period.unit);
}

std::int64_t rough_length(const query::Period& period) {
  return count_of(period) * unit_length(period.unit);
}

std::int64_t floor_time(std::int64_t ms, const query::Period& period) {
  if (period.unit == PeriodUnit::kWeek)
    return floor_to(ms - kMonday, count_of(period) * kWeek) + kMonday;
  if (const auto length = fixed_length(period)) return floor_to(ms, *length);
  return month_begin(floor_to(month_number(ms), count_of(period) * months_of(period.unit)));
}

std::int64_t ceil_time(std::int64_t ms, const query::Period& period) {
  const auto begin = floor_time(ms, period);
  if (begin == ms) return ms;
  if (const auto length = fixed_length(period)) return begin + *length;
  return month_begin(month_number(begin) + count_of(period) * months_of(period.unit));
}

}  // namespace seatrial::logs::run

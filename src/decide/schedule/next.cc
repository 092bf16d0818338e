// When a schedule is due; see the header.
#include <algorithm>

#include "decide/schedule/schedule.h"

namespace seatrial::decide {
namespace {

using namespace std::chrono;

int weekday_of(year_month_day date) {  // 1 is Sunday, as AWS counts
  return static_cast<int>(weekday(sys_days(date)).c_encoding()) + 1;
}

// The weekday (Monday to Friday) nearest to the day, within its month.
unsigned nearest_weekday(year_month month, unsigned wanted) {
  const unsigned last = unsigned((month / std::chrono::last).day());
  const unsigned day = std::min(wanted, last);
  const int weekday = weekday_of(month / std::chrono::day(day));
  if (weekday == 7) return day > 1 ? day - 1 : day + 2;
  if (weekday == 1) return day < last ? day + 1 : day - 2;
  return day;
}

bool day_matches(const Cron& cron, year_month_day date) {
  const unsigned day = unsigned(date.day());
  const year_month month = date.year() / date.month();
  const unsigned last = unsigned((month / std::chrono::last).day());
  if (!cron.by_weekday) {
    if (cron.last_day) return day == last;
    if (cron.nearest_weekday != 0) {
      // A month without that day has no such weekday.
      const auto wanted = static_cast<unsigned>(cron.nearest_weekday);
      return wanted <= last && day == nearest_weekday(month, wanted);
    }
    return cron.days.test(day);
  }
  const int weekday = weekday_of(date);
  if (cron.last_weekday != 0) return weekday == cron.last_weekday && day + 7 > last;
  if (cron.nth_weekday != 0)
    return weekday == cron.nth_weekday && (day - 1) / 7 + 1 == static_cast<unsigned>(cron.nth);
  return cron.weekdays.test(static_cast<std::size_t>(weekday));
}

// The first time of the day, at or after `from` minutes into it.
std::optional<minutes> time_of_day(const Cron& cron, minutes from) {
  for (int hour = static_cast<int>(from / hours{1}); hour < 24; ++hour) {
    if (!cron.hours.test(static_cast<std::size_t>(hour))) continue;
    const auto start = hours{hour} < from ? from - hours{hour} : minutes{0};
    for (auto minute = start; minute < hours{1}; ++minute)
      if (cron.minutes.test(static_cast<std::size_t>(minute.count()))) return hours{hour} + minute;
  }
  return {};
}

std::optional<Time> next_cron(const Cron& cron, Time after) {
  const auto from = floor<minutes>(after) + minutes{1};
  const auto first_day = floor<days>(from);
  year_month_day date{first_day};
  if (int(date.year()) < kFirstCronYear) date = year{kFirstCronYear} / January / 1;
  while (int(date.year()) <= kLastCronYear) {
    if (!cron.years.test(static_cast<std::size_t>(int(date.year()) - kFirstCronYear))) {
      date = (date.year() + years{1}) / January / 1;
      continue;
    }
    if (!cron.months.test(unsigned(date.month()))) {
      const auto month = date.year() / date.month() + months{1};
      date = month / 1;
      continue;
    }
    const sys_days day = date;
    if (day_matches(cron, date)) {
      const auto start = day == first_day ? from - day : minutes{0};
      if (const auto at = time_of_day(cron, start)) return day + *at;
    }
    date = year_month_day{day + days{1}};
  }
  return {};
}

}  // namespace

std::optional<Time> next_time(const Schedule& schedule, Time after, Time anchor) {
  if (const auto* cron = std::get_if<Cron>(&schedule)) return next_cron(*cron, after);
  const Millis period = std::get<Rate>(schedule).period;
  if (after < anchor) return anchor + period;
  return anchor + ((after - anchor) / period + 1) * period;
}

}  // namespace seatrial::decide

// EventBridge's schedule expressions, rate() and cron(), and when they are due next. Pure; UTC.
//
// Problem: cron() here is AWS's dialect (six fields, '?', L, W, #), which no Debian library reads.
// Choice: each field becomes a set of numbers, the day a rule of its own; the next time is found by
// walking years, months, days, hours, minutes and skipping whole ones. Rejected: stepping minute by
// minute, which takes a hundred million steps for the 29th of February.
//
// docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
#pragma once
#include <bitset>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

namespace seatrial::decide {

inline constexpr int kFirstCronYear = 1970, kLastCronYear = 2199;

struct Rate {
  Millis period{};
};

struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // of the month, from 1; with last_day and nearest_weekday
  std::bitset<13> months;   // from 1
  std::bitset<8> weekdays;  // 1 is Sunday
  std::bitset<kLastCronYear - kFirstCronYear + 1> years;
  bool by_weekday = false;       // the day of the month is '?'
  bool last_day = false;         // L of the month
  int nearest_weekday = 0;       // nW: the weekday nearest to day n
  int last_weekday = 0;          // nL: the last such weekday of the month
  int nth_weekday = 0, nth = 0;  // n#m: the m-th such weekday
};

using Schedule = std::variant<Rate, Cron>;

// "rate(5 minutes)", "cron(0 12 * * ? *)". The error says what is wrong with it.
std::expected<Schedule, std::string> parse_schedule(std::string_view text);

// The first time after `after` at which it is due; `anchor` is when a rate began to count. Nothing
// when a cron's years are over.
std::optional<Time> next_time(const Schedule& schedule, Time after, Time anchor);

}  // namespace seatrial::decide

// Lengths of time as queries write them: 5m, 1h, 30sec.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace seatrial::logs::query {

enum class PeriodUnit {
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear
};

struct Period {
  std::int64_t count = 0;
  PeriodUnit unit = PeriodUnit::kMinute;
};

// "5m"; nothing when there is no such unit or the count is no positive whole number.
std::optional<Period> parse_period(std::string_view text);

// The largest count of the unit in bin() and its like, which take a larger one for this; 0: none
// is documented.
int largest_count(PeriodUnit unit);
std::string_view unit_name(PeriodUnit unit);

}  // namespace seatrial::logs::query

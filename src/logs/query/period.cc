// Source: CWL_QuerySyntax-Stats ("time units and abbreviations") and the caps of bin() in AWS's own
// reference for agents (log-insights.md).
#include "logs/query/period.h"

#include <charconv>

#include "logs/query/lexer.h"

namespace seatrial::logs::query {
namespace {

struct Unit {
  PeriodUnit unit;
  std::string_view name, shorter, other;
  int cap;
};

constexpr Unit kUnits[] = {
    {PeriodUnit::kMillisecond, "millisecond", "ms", "msec", 1000},
    {PeriodUnit::kSecond, "second", "s", "sec", 60},
    {PeriodUnit::kMinute, "minute", "m", "min", 60},
    {PeriodUnit::kHour, "hour", "h", "hr", 24},
    {PeriodUnit::kDay, "day", "d", "", 0},
    {PeriodUnit::kWeek, "week", "w", "", 0},
    {PeriodUnit::kMonth, "month", "mo", "mon", 0},
    {PeriodUnit::kQuarter, "quarter", "q", "qtr", 0},
    {PeriodUnit::kYear, "year", "y", "yr", 0},
};

// What has more than one letter may have an s for the plural.
bool names(std::string_view text, std::string_view name) {
  if (name.empty()) return false;
  if (same_word(text, name)) return true;
  return name.size() > 1 && text.size() == name.size() + 1 &&
         same_word(text.substr(0, name.size()), name) && same_word(text.substr(name.size()), "s");
}

}  // namespace

std::optional<Period> parse_period(std::string_view text) {
  Period period;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), period.count);
  if (error != std::errc{} || period.count <= 0) return std::nullopt;
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& unit : kUnits) {
    if (!names(rest, unit.name) && !names(rest, unit.shorter) && !names(rest, unit.other)) continue;
    period.unit = unit.unit;
    return period;
  }
  return std::nullopt;
}

int largest_count(PeriodUnit unit) { return kUnits[static_cast<std::size_t>(unit)].cap; }

std::string_view unit_name(PeriodUnit unit) { return kUnits[static_cast<std::size_t>(unit)].name; }

}  // namespace seatrial::logs::query

// Reading schedule expressions; see the header.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <vector>

#include "decide/schedule/schedule.h"

namespace seatrial::decide {
namespace {

template <class T>
using Result = std::expected<T, std::string>;
using Problem = std::unexpected<std::string>;

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr std::int64_t kMaxRate = 1'000'000'000;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end || text[0] == '-') return {};
  return value;
}

std::vector<std::string_view> words_of(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  while (true) {
    const auto end = text.find(separator);
    words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

struct Field {
  std::string_view name;
  int first, last;
  std::span<const std::string_view> names;  // of first, first + 1, ...
};

std::optional<int> value_of(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    const auto same = [](char a, char b) {
      return std::toupper(static_cast<unsigned char>(a)) == b;
    };
    if (std::ranges::equal(text, field.names[i], same)) return field.first + static_cast<int>(i);
  }
  const auto value = number(text);
  if (!value || *value < field.first || *value > field.last) return {};
  return value;
}

Problem bad(const Field& field, std::string_view text) {
  return Problem("'" + std::string(text) + "' is not a value of the field " +
                 std::string(field.name));
}

// "*", "5", "1-5", "0/15", "10-40/5", and lists of them, told to `set`.
template <class F>
Result<void> read_values(const Field& field, std::string_view text, F&& set) {
  for (const auto item : words_of(text, ',')) {
    const auto slash = item.find('/');
    const auto range = item.substr(0, slash);
    int step = 1;
    if (slash != std::string_view::npos) {
      const auto given = number(item.substr(slash + 1));
      if (!given || *given < 1 || *given > field.last) return bad(field, item);
      step = *given;
    }
    int from = field.first, to = field.last;
    if (range != "*") {
      const auto dash = range.find('-');
      const auto low = value_of(field, range.substr(0, dash));
      if (!low) return bad(field, item);
      from = *low;
      if (dash != std::string_view::npos) {
        const auto high = value_of(field, range.substr(dash + 1));
        if (!high || *high < from) return bad(field, item);
        to = *high;
      } else if (slash == std::string_view::npos) {
        to = from;
      }
    }
    for (int i = from; i <= to; i += step) set(i);
  }
  return {};
}

Result<void> read_day_of_month(std::string_view text, Cron& cron) {
  const Field field{"day-of-month", 1, 31, {}};
  if (text == "L") {
    cron.last_day = true;
    return {};
  }
  if (text.ends_with('W')) {
    const auto day = value_of(field, text.substr(0, text.size() - 1));
    if (!day) return bad(field, text);
    cron.nearest_weekday = *day;
    return {};
  }
  return read_values(field, text, [&](int i) { cron.days.set(static_cast<std::size_t>(i)); });
}

Result<void> read_day_of_week(std::string_view text, Cron& cron) {
  const Field field{"day-of-week", 1, 7, kDays};
  if (text == "L") {
    cron.weekdays.set(7);
    return {};
  }
  if (text.ends_with('L') || text.find('#') != std::string_view::npos) {
    const bool last = text.ends_with('L');
    const auto mark = last ? text.size() - 1 : text.find('#');
    const auto day = value_of(field, text.substr(0, mark));
    const auto nth = last ? std::optional(0) : number(text.substr(mark + 1));
    if (!day || !nth || (!last && (*nth < 1 || *nth > 5))) return bad(field, text);
    (last ? cron.last_weekday : cron.nth_weekday) = *day;
    cron.nth = *nth;
    return {};
  }
  return read_values(field, text, [&](int i) { cron.weekdays.set(static_cast<std::size_t>(i)); });
}

Result<Schedule> parse_cron(std::string_view text) {
  std::vector<std::string_view> fields = words_of(text, ' ');
  std::erase(fields, std::string_view{});
  if (fields.size() != 6) return Problem("a cron expression has six fields");
  if ((fields[2] == "?") == (fields[4] == "?"))
    return Problem("exactly one of day-of-month and day-of-week must be ?");
  Cron cron;
  cron.by_weekday = fields[2] == "?";
  const auto put = [](auto& bits, int shift = 0) {
    return [&bits, shift](int i) { bits.set(static_cast<std::size_t>(i - shift)); };
  };
  for (const auto& done :
       {read_values({"minutes", 0, 59, {}}, fields[0], put(cron.minutes)),
        read_values({"hours", 0, 23, {}}, fields[1], put(cron.hours)),
        cron.by_weekday ? read_day_of_week(fields[4], cron) : read_day_of_month(fields[2], cron),
        read_values({"month", 1, 12, kMonths}, fields[3], put(cron.months)),
        read_values({"year", kFirstCronYear, kLastCronYear, {}}, fields[5],
                    put(cron.years, kFirstCronYear))}) {
    if (!done) return Problem(done.error());
  }
  return cron;
}

// AWS wants the singular for 1 and the plural for all else.
Result<Schedule> parse_rate(std::string_view text) {
  const auto space = text.find(' ');
  const auto count = number(text.substr(0, space));
  if (space == std::string_view::npos || !count || *count < 1 || *count > kMaxRate)
    return Problem("a rate is a positive number and a unit");
  std::string_view unit = text.substr(space + 1);
  if ((*count == 1) == unit.ends_with('s')) return Problem("the unit's number must agree");
  if (unit.ends_with('s')) unit.remove_suffix(1);
  const std::chrono::minutes minutes{*count};
  if (unit == "minute") return Rate{minutes};
  if (unit == "hour") return Rate{minutes * 60};
  if (unit == "day") return Rate{minutes * (24 * 60)};
  return Problem("the unit of a rate is minute, hour or day");
}

}  // namespace

std::expected<Schedule, std::string> parse_schedule(std::string_view text) {
  if (!text.ends_with(')')) return Problem("it must be rate(...) or cron(...)");
  const auto inside = [&](std::string_view opening) {
    return text.substr(opening.size(), text.size() - opening.size() - 1);
  };
  if (text.starts_with("cron(")) return parse_cron(inside("cron("));
  if (text.starts_with("rate(")) return parse_rate(inside("rate("));
  return Problem("it must be rate(...) or cron(...)");
}

}  // namespace seatrial::decide

// One parser for every timestamp format the AWS protocols use, written by hand because none of
// the standard ones accepts all of them and std::chrono::parse is not in GCC 12.
#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace seatrial {
namespace {

struct Civil {
  int year, month, day, hour, minute, second, ms;
  unsigned weekday;
};

Civil civil_of(Time t) {
  const auto days = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{t - days};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count()),
          std::chrono::weekday{days}.c_encoding()};
}

constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// A cursor over the text; every reader moves it only when it succeeds.
struct Cursor {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool digits(std::size_t n, int& out) {
    if (rest.size() < n) return false;
    int value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return false;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(n);
    out = value;
    return true;
  }
};

std::optional<Time> assemble(const Civil& c) {
  const std::chrono::year_month_day date{std::chrono::year{c.year},
                                         std::chrono::month{static_cast<unsigned>(c.month)},
                                         std::chrono::day{static_cast<unsigned>(c.day)}};
  if (!date.ok() || c.hour > 24 || c.minute > 59 || c.second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{c.hour} + std::chrono::minutes{c.minute} +
         std::chrono::seconds{c.second} + Millis{c.ms};
}

// ".123456" read as milliseconds, further digits dropped.
int read_fraction(Cursor& in) {
  if (!in.take('.') && !in.take(',')) return 0;
  int ms = 0, scale = 100;
  for (int digit; in.digits(1, digit); scale /= 10) ms += digit * scale;
  return ms;
}

// "Z", "+hh:mm", "+hhmm", "+hh" or nothing. Returns minutes east of UTC.
std::optional<int> read_zone(Cursor& in) {
  if (in.rest.empty() || in.take('Z') || in.take('z')) return 0;
  const int sign = in.rest.front() == '-' ? -1 : 1;
  if (!in.take('+') && !in.take('-')) return std::nullopt;
  int hours = 0, minutes = 0;
  if (!in.digits(2, hours)) return std::nullopt;
  in.take(':');
  in.digits(2, minutes);
  return sign * (hours * 60 + minutes);
}

std::optional<Time> parse_iso(std::string_view text) {
  Cursor in{text};
  Civil c{};
  if (!in.digits(4, c.year)) return std::nullopt;
  const bool extended = in.take('-');
  if (!in.digits(2, c.month)) return std::nullopt;
  if (extended && !in.take('-')) return std::nullopt;
  if (!in.digits(2, c.day)) return std::nullopt;
  int east = 0;
  if (!in.rest.empty()) {
    if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
    if (!in.digits(2, c.hour)) return std::nullopt;
    in.take(':');
    in.digits(2, c.minute);
    in.take(':');
    in.digits(2, c.second);
    c.ms = read_fraction(in);
    const auto zone = read_zone(in);
    if (!zone || !in.rest.empty()) return std::nullopt;
    east = *zone;
  }
  const auto local = assemble(c);
  if (!local) return std::nullopt;
  return *local - std::chrono::minutes{east};
}

// "Sat, 21 Nov 2026 01:02:03 GMT"
std::optional<Time> parse_http_date(std::string_view text) {
  if (text.size() < 26 || text[3] != ',') return std::nullopt;
  Cursor in{text.substr(5)};
  Civil c{};
  if (!in.digits(2, c.day) || !in.take(' ')) return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (in.rest.starts_with(kMonths[i])) c.month = static_cast<int>(i) + 1;
  }
  if (c.month == 0) return std::nullopt;
  in.rest.remove_prefix(3);
  const bool ok = in.take(' ') && in.digits(4, c.year) && in.take(' ') && in.digits(2, c.hour) &&
                  in.take(':') && in.digits(2, c.minute) && in.take(':') && in.digits(2, c.second);
  if (!ok) return std::nullopt;
  c.ms = read_fraction(in);
  return assemble(c);
}

std::optional<Time> parse_epoch(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(std::abs(seconds) < 1e12)) return std::nullopt;
  return from_ms(static_cast<std::int64_t>(std::llround(seconds * 1000)));
}

}  // namespace

std::string format_iso8601(Time t) {
  const Civil c = civil_of(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second, c.ms);
}

std::string format_iso8601_seconds(Time t) {
  const Civil c = civil_of(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

std::string format_basic(Time t) {
  const Civil c = civil_of(t);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, c.hour, c.minute,
                     c.second);
}

std::string format_http_date(Time t) {
  const Civil c = civil_of(t);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[c.weekday], c.day,
                     kMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute,
                     c.second);
}

std::optional<Time> parse_time(std::string_view text) {
  // A bare year-like number of 4 or 8 digits is an epoch only when longer than a basic date.
  if (auto iso = parse_iso(text); iso && text.size() != 9 && text.size() != 10) return iso;
  if (auto epoch = parse_epoch(text)) return epoch;
  if (auto iso = parse_iso(text)) return iso;
  return parse_http_date(text);
}

}  // namespace seatrial

// Time as every part of Seatrial sees it: milliseconds since the epoch, UTC, under the world's
// clock. Formatting and parsing live here so that no room writes its own.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seatrial {

using Millis = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Millis>;

constexpr std::int64_t to_ms(Time t) { return t.time_since_epoch().count(); }
constexpr Time from_ms(std::int64_t ms) { return Time{Millis{ms}}; }

// "2026-11-21T01:02:03.456Z"; without_millis gives "2026-11-21T01:02:03Z".
std::string format_iso8601(Time t);
std::string format_iso8601_seconds(Time t);
// "20261121T010203Z", as SigV4 writes it.
std::string format_basic(Time t);
// "Sat, 21 Nov 2026 01:02:03 GMT" (RFC 7231 IMF-fixdate).
std::string format_http_date(Time t);

// Accepts ISO 8601 dates and date-times (Z or +hh:mm, fractions, basic or extended form; a date
// alone is midnight UTC), epoch seconds with fractions, and IMF-fixdate. Empty when it is none.
std::optional<Time> parse_time(std::string_view text);

}  // namespace seatrial

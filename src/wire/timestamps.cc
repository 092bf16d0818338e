#include "wire/timestamps.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/time.h"
#include "wire/text.h"

namespace seatrial::wire {

using model::TimestampFormat;

// Years 0 to 9999: what every format can carry.
constexpr std::int64_t kFirstMs = -62'167'219'200'000;
constexpr std::int64_t kLastMs = 253'402'300'799'999;

void append_seconds(std::int64_t ms, std::string& out) {
  if (ms % 1000 == 0) return append_integer(ms / 1000, out);
  out += fmt::format("{:.3f}", static_cast<double>(ms) / 1000.0);
}

std::string format_seconds(std::int64_t ms) {
  std::string text;
  append_seconds(ms, text);
  return text;
}

std::string format_timestamp(std::int64_t ms, TimestampFormat format, bool always_millis) {
  switch (format) {
    case TimestampFormat::kUnix:
      return format_seconds(ms);
    case TimestampFormat::kRfc822:
      return format_http_date(from_ms(ms));
    case TimestampFormat::kDefault:
    case TimestampFormat::kIso8601:
      break;
  }
  return ms % 1000 == 0 && !always_millis ? format_iso8601_seconds(from_ms(ms))
                                          : format_iso8601(from_ms(ms));
}

std::optional<std::int64_t> timestamp_of_seconds(double seconds) {
  if (!(std::abs(seconds) < 1e12)) return std::nullopt;
  const auto ms = static_cast<std::int64_t>(std::llround(seconds * 1000));
  if (ms < kFirstMs || ms > kLastMs) return std::nullopt;
  return ms;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, TimestampFormat format) {
  text = trim(text);
  if (format == TimestampFormat::kUnix) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size())
      return timestamp_of_seconds(seconds);
  }
  const auto time = parse_time(text);
  if (!time || to_ms(*time) < kFirstMs || to_ms(*time) > kLastMs) return std::nullopt;
  return to_ms(*time);
}

}  // namespace seatrial::wire

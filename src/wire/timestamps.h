// The four ways AWS writes a moment, and the canonical milliseconds between them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/pack.h"

namespace seatrial::wire {

// Milliseconds as text; kDefault stands for ISO 8601. Milliseconds are written only when there
// are any, unless `always_millis`.
std::string format_timestamp(std::int64_t ms, model::TimestampFormat format,
                             bool always_millis = false);
// As a JSON or XML number of seconds: "1700000000" or "1700000000.123".
std::string format_seconds(std::int64_t ms);
void append_seconds(std::int64_t ms, std::string& out);
// Any of the formats; with kUnix a bare number is seconds whatever its length.
std::optional<std::int64_t> parse_timestamp(std::string_view text, model::TimestampFormat format);
// Seconds as a number; empty when no date could be meant.
std::optional<std::int64_t> timestamp_of_seconds(double seconds);

}  // namespace seatrial::wire

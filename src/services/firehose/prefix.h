// Names of the objects that Firehose writes. Pure.
//
// <evaluated prefix><stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid><extension>; expressions of a
// prefix are !{namespace:value}. Sources: "Understand custom prefixes for Amazon S3 objects",
// "Configure Amazon S3 object name format" (Firehose developer guide).
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "base/rng.h"
#include "base/time.h"

namespace seatrial::services::firehose {

struct Prefixes {
  std::string prefix, error_prefix;  // as configured; empty: none

  // What is wrong with them, in words.
  std::expected<void, std::string> check() const;
};

// Of delivered data. `at` is the arrival of the oldest record in the object, in UTC.
std::string data_prefix(const Prefixes& prefixes, Time at, Rng& rng);
// Of what failed; `type` is the error output type: "processing-failed".
std::string failure_prefix(const Prefixes& prefixes, std::string_view type, Time at, Rng& rng);

std::string object_name(std::string_view stream, Time at, std::string_view extension, Rng& rng);

// A Java DateTimeFormatter pattern with letters y u M d D H h m s S a E and quoted text.
std::expected<std::string, std::string> format_pattern(std::string_view pattern, Time at);

}  // namespace seatrial::services::firehose

// Which time a word of a command means: `2024-01-20T10:00:00Z`, `$(date -u -d '1 hour ago'
// +%s)000`,
// `$(( $(date +%s) - 3600 ))`, `$START`. Pure: now is not known, so a time is either a date or a
// distance from now.
//
// Users: rules about ranges of times. Both dialects of `date` are read (GNU -d, BSD -v).
#pragma once
#include <cstdint>
#include <optional>

#include "runbook/check/analysis.h"

namespace seatrial::runbook::check {

inline constexpr std::int64_t kHourSeconds = 3600;
inline constexpr std::int64_t kDaySeconds = 24 * kHourSeconds;
inline constexpr std::int64_t kMonthSeconds = 30 * kDaySeconds;  // where months are cut or counted

struct Moment {
  enum class Form {
    kText,     // ISO 8601
    kSeconds,  // since the epoch
    kMillis
  };
  Form form = Form::kText;
  bool relative = false;     // seconds count from now, else since the epoch
  std::int64_t seconds = 0;  // behind now, if negative
  std::int64_t step = 1;     // cut to whole days, hours ... (of the clock) before it is printed
  std::int64_t within = 0;   // seconds added behind the cut: "$(date +%F)T23:59:59Z"
  bool exact = true;         // months and years are counted roughly
  bool utc = false;          // -u, or a zone in the text
  bool zone = false;         // the printed text says its zone
};

// The bytes [begin, end) of a word's text as a time, or nothing when they are none or not known.
std::optional<Moment> moment_of(const Analysis& analysis, const Command& command, std::size_t word,
                                std::size_t begin = 0, std::size_t end = std::string::npos);

// What fraction of all nows makes `start` come at or behind (`or_equal`), or truly behind, `end`:
// 0 never, 1 always; nothing when one is a date and the other counts from now.
std::optional<double> wrong_order(const Moment& start, const Moment& end, bool or_equal);

}  // namespace seatrial::runbook::check

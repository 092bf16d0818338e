// When a scheduled action is due: at(), rate() or cron(), in a time zone.
//
// at() and cron() are of the zone's wall clock, rate() of none. A time that the zone's clocks skip
// is the moment of the skip, one they show twice its first. Zones are the machine's (tzdata), read
// by Howard Hinnant's date library: std::chrono of GCC 12 has none.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "decide/schedule/schedule.h"

namespace seatrial::services::application_autoscaling {

struct At {
  Time local{};  // as if it were UTC
};
using ActionSchedule = std::variant<At, decide::Schedule>;

// "at(2026-12-24T18:00:00)", "rate(1 hour)", "cron(0 9 ? * MON-FRI *)". The error says what is
// wrong.
std::expected<ActionSchedule, std::string> parse_action_schedule(const std::string& text);
bool is_time_zone(const std::string& name);  // of the IANA's names, "Australia/Sydney"

// The first time after `after` that it is due; `anchor` is when a rate began to count. `zone` must
// be one; empty: UTC.
std::optional<Time> next_due(const ActionSchedule& schedule, const std::string& zone, Time after,
                             Time anchor);

}  // namespace seatrial::services::application_autoscaling

// Times cut to a period: what bin, datefloor and dateceil rest on. UTC.
#pragma once
#include <cstdint>
#include <optional>

#include "logs/query/period.h"

namespace seatrial::logs::run {

// The beginning of the period that holds `ms`. Months, quarters and years are the calendar's, weeks
// begin on Monday (guess), the others count from the epoch. A count over the cap of its unit is
// taken for the cap, as AWS does.
std::int64_t floor_time(std::int64_t ms, const query::Period& period);
std::int64_t ceil_time(std::int64_t ms, const query::Period& period);
// Its length; nothing of months and longer ones, whose lengths differ.
std::optional<std::int64_t> fixed_length(const query::Period& period);
// Its length; months count as 30 days, quarters as 91, years as 365.
std::int64_t rough_length(const query::Period& period);

}  // namespace seatrial::logs::run

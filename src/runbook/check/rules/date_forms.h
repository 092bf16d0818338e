// Relative times in the two languages of date(1): GNU's -d '1 hour ago' and BSD's -v-1H. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace seatrial::runbook::check {

// "-1H" as "1 hour ago", "+2d" as "2 days". Empty for what sets a field (-v1d) and for months and
// years, where the two clip the day of the month differently.
std::optional<std::string> gnu_of_bsd(std::string_view adjustment);

// "10 minutes ago" as "-10M", "yesterday" as "-1d". Empty for anything else.
std::optional<std::string> bsd_of_gnu(std::string_view time);

}  // namespace seatrial::runbook::check

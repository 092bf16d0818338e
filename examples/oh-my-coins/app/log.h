// The service's log: one line per event, INFO to standard output and ERROR to standard error.
//
// The task runtime turns every line of both into one log event, so a line is written with one
// write() and never torn by another thread.
#pragma once

#include <string>
#include <string_view>

namespace omc {

// Writes "INFO <time> <text>" or "ERROR <time> <text>". Any thread.
void log_info(std::string_view text);
void log_error(std::string_view text);

// The time in UTC as 2026-01-10T02:30:00Z, the form of the health answer.
std::string utc_now();

}  // namespace omc

// The service's log: one line per event, INFO to standard output and ERROR to standard error, as
// text or, with LOG_FORMAT=json, as one JSON object whose fields metric filters can read.
//
// The task runtime turns every line of both into one log event, so a line is written with one
// write() and never torn by another thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace omc {

struct Field {
  std::string name, value;
  bool number = false;  // written without quotes
};

// Called once, before other threads are there. `environment` is a field of every JSON line.
void use_json_log(std::string environment);

// Writes "INFO <time> <text>" or "ERROR <time> <text>", or the object of level, time, message and
// fields. Any thread.
void log_info(std::string_view text, const std::vector<Field>& fields = {});
void log_error(std::string_view text, const std::vector<Field>& fields = {});

// The time in UTC as 2026-01-10T02:30:00Z, the form of the health answer.
std::string utc_now();

}  // namespace omc

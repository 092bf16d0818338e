// Texts that every event contains which the first filters let through: a hint for the source.
#pragma once
#include "logs/query/ast.h"
#include "logs/scan.h"

namespace seatrial::logs::run {

// Adds needles and streams of the leading filter commands to the request. Only fields of events are
// looked at: a name that a command before made is none (there is no such command).
void add_hints(const query::Query& query, ScanRequest& request);

}  // namespace seatrial::logs::run

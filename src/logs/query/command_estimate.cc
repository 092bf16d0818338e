// estimate, the last command: how much would be scanned
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_estimate(Parser&, const CommandKind&) { return EstimateCommand{}; }

}  // namespace seatrial::logs::query

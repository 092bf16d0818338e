// anomaly, behind pattern
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_anomaly(Parser&, const CommandKind&) { return AnomalyCommand{}; }

}  // namespace seatrial::logs::query

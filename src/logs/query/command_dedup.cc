// dedup FIELD, ...
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_dedup(Parser& parser, const CommandKind&) {
  DedupCommand out;
  out.fields = parser.names("a field's name");
  return out;
}

}  // namespace seatrial::logs::query

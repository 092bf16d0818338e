// pattern FIELD
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_pattern(Parser& parser, const CommandKind&) {
  PatternCommand out;
  out.value = parser.expression();
  return out;
}

}  // namespace seatrial::logs::query

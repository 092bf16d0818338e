// filter CONDITION, where CONDITION; filterIndex FIELD = VALUE | FIELD in [...]
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_filter(Parser& parser, const CommandKind& kind) {
  FilterCommand out;
  out.index = kind.name == "filterIndex";
  out.condition = parser.expression();
  if (parser.peek().is(","))
    parser.fail(parser.peek().span, "conditions are joined by `and` or `or`, not by commas");
  return out;
}

}  // namespace seatrial::logs::query

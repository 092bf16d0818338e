// fields, display: ITEM [as NAME], ...
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_fields(Parser& parser, const CommandKind& kind) {
  FieldsCommand out;
  out.display = kind.name == "display";
  out.items = parser.items();
  return out;
}

}  // namespace seatrial::logs::query

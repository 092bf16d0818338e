// unnest LIST into NAME; expand FIELD: into the field itself
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_unnest(Parser& parser, const CommandKind& kind) {
  UnnestCommand out;
  out.expand = kind.name == "expand";
  out.list = parser.expression();
  if (out.expand) return out;
  if (!parser.accept_word("into"))
    parser.unexpected("`into` and a name are missing");
  else
    out.into = parser.name("the name behind `into`");
  return out;
}

}  // namespace seatrial::logs::query

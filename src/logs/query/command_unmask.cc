// unmask FIELD, ... The guide's examples have it as a function: fields unmask(@message).
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_unmask(Parser& parser, const CommandKind&) {
  UnmaskCommand out;
  do out.fields.push_back(parser.expression());
  while (parser.accept(","));
  return out;
}

}  // namespace seatrial::logs::query

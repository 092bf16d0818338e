// lookup TABLE ... : the table's name is read, the rest kept as written until its grammar is known
// in full.
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_lookup(Parser& parser, const CommandKind&) {
  LookupCommand out;
  out.table = parser.peek().kind == Token::Kind::kString ? parser.take().text
                                                         : parser.name("a lookup table").text;
  out.rest = parser.rest_of_command();
  return out;
}

}  // namespace seatrial::logs::query

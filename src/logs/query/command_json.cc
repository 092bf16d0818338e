// json field=NAME "a.b" as NAME: one value out of a field that parse made.
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_json_field(Parser& parser, const CommandKind&) {
  JsonCommand out;
  if (parser.accept_word("field")) {
    parser.expect("=", "behind field");
    out.field = parser.name("a field's name");
  } else {
    parser.unexpected("`field=` and a name are missing");
  }
  if (parser.peek().kind == Token::Kind::kString)
    out.path = parser.take().text;
  else
    parser.unexpected("a path like \"a.b\" is missing");
  if (!parser.accept_word("as")) parser.unexpected("`as` and a name are missing");
  out.alias = parser.name("the name behind `as`");
  return out;
}

}  // namespace seatrial::logs::query

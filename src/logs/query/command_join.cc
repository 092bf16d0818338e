// join [type=inner|left] left=A right=B where A.x=B.y [and ...] (SOURCE ... | ...)
#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

bool parse_option(Parser& parser, JoinCommand& out) {
  if (parser.accept_word("type")) {
    parser.expect("=", "behind type");
    out.left_outer = parser.sees_word("left");
    if (!parser.accept_word("left") && !parser.accept_word("inner"))
      parser.unexpected("the type is inner or left");
  } else if (parser.accept_word("left")) {
    parser.expect("=", "behind left");
    out.left = parser.name("an alias");
  } else if (parser.accept_word("right")) {
    parser.expect("=", "behind right");
    out.right = parser.name("an alias");
  } else {
    return false;
  }
  return true;
}

}  // namespace

Body parse_join(Parser& parser, const CommandKind&) {
  JoinCommand out;
  while (parse_option(parser, out)) {
  }
  if (!parser.accept_word("where") && !parser.accept_word("on"))
    parser.unexpected("`where` and the fields to be equal are missing");
  do {
    auto left = parser.name("a field");
    parser.expect("=", "between the fields");
    out.on.emplace_back(std::move(left), parser.name("a field"));
  } while (parser.accept_word("and") || parser.accept(","));
  out.query = parser.subquery();
  return out;
}

}  // namespace seatrial::logs::query

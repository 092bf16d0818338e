// sort ITEM [asc|desc], ...
#include "logs/query/commands.h"

namespace seatrial::logs::query {

// guess: ascending when neither is said, as in the guide's `sort t`. `sort by` is seen in use.
Body parse_sort(Parser& parser, const CommandKind&) {
  SortCommand out;
  parser.accept_word("by");
  do {
    SortCommand::Key key;
    key.item = parser.item();
    key.descending = parser.accept_word("desc");
    if (!key.descending) parser.accept_word("asc");
    out.keys.push_back(std::move(key));
  } while (parser.accept(","));
  if (!parser.at_command_end() && parser.peek().kind == Token::Kind::kWord)
    parser.fail(parser.peek().span, "an order is `asc` or `desc`");
  return out;
}

}  // namespace seatrial::logs::query

// relevantfields [FIELD, ...] where CONDITION
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_relevant_fields(Parser& parser, const CommandKind&) {
  RelevantFieldsCommand out;
  if (!parser.sees_word("where")) out.fields = parser.names("a field's name");
  if (!parser.accept_word("where")) parser.unexpected("`where` and a condition are missing");
  out.condition = parser.expression();
  return out;
}

}  // namespace seatrial::logs::query

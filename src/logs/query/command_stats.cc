// stats ITEM [as NAME], ... [by ITEM [as NAME], ... [offset PERIOD]]
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_stats(Parser& parser, const CommandKind&) {
  StatsCommand out;
  if (parser.sees_word("by")) {
    parser.unexpected("an aggregate like count(*) stands before `by`");
    return out;
  }
  out.items = parser.items();
  if (parser.sees_word("group"))
    parser.fail(parser.peek().span, "groups are made by `by` alone", Certainty::kLikely);
  if (!parser.accept_word("by")) return out;
  out.by = parser.items();
  if (parser.accept_word("offset")) out.offset = parser.period();
  return out;
}

}  // namespace seatrial::logs::query

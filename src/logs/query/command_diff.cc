// diff [previousDay | previousWeek | previousMonth]
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_diff(Parser& parser, const CommandKind&) {
  DiffCommand out;
  if (parser.accept_word("previousDay"))
    out.against = DiffCommand::Against::kDay;
  else if (parser.accept_word("previousWeek"))
    out.against = DiffCommand::Against::kWeek;
  else if (parser.accept_word("previousMonth"))
    out.against = DiffCommand::Against::kMonth;
  else if (!parser.at_command_end())
    parser.unexpected("one of previousDay, previousWeek, previousMonth, or nothing");
  return out;
}

}  // namespace seatrial::logs::query

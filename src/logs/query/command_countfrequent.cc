// countFrequent FIELD, ...
#include "logs/query/commands.h"

namespace seatrial::logs::query {

Body parse_count_frequent(Parser& parser, const CommandKind&) {
  CountFrequentCommand out;
  out.fields = parser.names("a field's name");
  return out;
}

}  // namespace seatrial::logs::query

// lookup TABLE COLUMN [as FIELD], ... OUTPUT|OUTPUTNEW COLUMN [as FIELD], ...
// cidrlookup TABLE FIELD [as COLUMN] OUTPUT|OUTPUTNEW COLUMN [as FIELD], ...
#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

// Letters, digits, - and _; the lexer takes a name with hyphens apart.
std::string table_name(Parser& parser) {
  if (parser.peek().kind == Token::Kind::kString) return parser.take().text;
  const std::size_t begin = parser.peek().span.begin;
  parser.name("a lookup table");
  while (parser.peek().is("-") && parser.peek().span.begin == parser.span_from(begin).end) {
    parser.take();
    if (!parser.at_command_end()) parser.take();
  }
  return parser.written(begin);
}

LookupCommand::Pair pair(Parser& parser, bool event_first) {
  LookupCommand::Pair out;
  auto first = parser.name("a field's name");
  auto second = parser.accept_word("as") ? parser.name("the name behind `as`") : first;
  if (event_first) std::swap(first, second);
  out.table = std::move(first), out.event = std::move(second);
  return out;
}

}  // namespace

Body parse_lookup(Parser& parser, const CommandKind& kind) {
  LookupCommand out;
  out.cidr = kind.name == "cidrlookup";
  out.table = table_name(parser);
  do out.match.push_back(pair(parser, out.cidr));
  while (parser.accept(","));
  out.fill = parser.sees_word("OUTPUTNEW");
  if (!parser.accept_word("OUTPUT") && !parser.accept_word("OUTPUTNEW"))
    parser.unexpected("OUTPUT or OUTPUTNEW is missing");
  do out.output.push_back(pair(parser, false));
  while (parser.accept(","));
  return out;
}

}  // namespace seatrial::logs::query

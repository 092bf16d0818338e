// SOURCE 'group', ... | SOURCE logGroups(namePrefix: ['a'], class: ['STANDARD'])
// Only the limits that AWS documents are held; what else may stand here is kept as written.
#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

constexpr std::size_t kMaxPrefixes = 5, kMaxAccounts = 20;

Name text_or_name(Parser& parser) {
  if (parser.peek().kind == Token::Kind::kString || parser.peek().kind == Token::Kind::kNumber) {
    const auto token = parser.take();
    return {token.text, token.span};
  }
  return parser.name("a text in quotation marks");
}

std::vector<Name> parse_list(Parser& parser) {
  std::vector<Name> out;
  if (!parser.accept("[")) return {text_or_name(parser)};
  if (!parser.peek().is("]")) do
      out.push_back(text_or_name(parser));
    while (parser.accept(","));
  parser.expect("]", "ends the list");
  return out;
}

void check_count(Parser& parser, const Name& argument, std::size_t count) {
  const auto most = same_word(argument.text, "namePrefix")           ? kMaxPrefixes
                    : same_word(argument.text, "accountIdentifiers") ? kMaxAccounts
                                                                     : count;
  if (count > most)
    parser.fail(argument.span, fmt::format("{} takes at most {} texts", argument.text, most));
}

Source::Call parse_call(Parser& parser) {
  Source::Call out;
  out.function = parser.name("logGroups");
  parser.expect("(", "behind it");
  while (!parser.peek().is(")") && !parser.ends()) {
    auto argument = parser.name("an argument's name");
    parser.expect(":", "behind the argument's name");
    auto values = parse_list(parser);
    check_count(parser, argument, values.size());
    out.arguments.emplace_back(std::move(argument), std::move(values));
    if (!parser.accept(",")) break;
  }
  parser.expect(")", "ends the arguments");
  return out;
}

}  // namespace

Source parse_source(Parser& parser) {
  Source out;
  parser.set_certainty(Certainty::kLikely);
  const std::size_t begin = parser.peek().span.begin;
  if (parser.at_command_end()) parser.unexpected("log groups are missing behind SOURCE");
  while (!parser.failed()) {
    if (parser.sees_word("logGroups"))
      out.calls.push_back(parse_call(parser));
    else if (parser.peek().kind == Token::Kind::kString)
      out.groups.push_back(text_or_name(parser));
    else
      break;
    if (!parser.accept(",")) break;
  }
  out.rest = parser.rest_of_command();
  out.span = parser.span_from(begin);
  parser.set_certainty(Certainty::kCertain);
  return out;
}

}  // namespace seatrial::logs::query

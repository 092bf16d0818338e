// SOURCE 'group', ... | SOURCE logGroups(namePrefix: ['a'], class: ['STANDARD'])
// SOURCE logGroupTags([{key: 'team', values: ['a', '!b*']}])
// Only the limits that AWS documents are held; what else may stand here is kept as written. Those
// of tags are the ones of the API's TagFilter.
#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

constexpr std::size_t kMaxPrefixes = 5, kMaxAccounts = 20, kMaxTagFilters = 5, kMaxTagValues = 5;

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

// A member's name, with quotation marks as in JSON or without them, and the colon.
Name member(Parser& parser) {
  auto name = text_or_name(parser);
  parser.expect(":", "behind the member's name");
  return name;
}

Source::Tag parse_tag(Parser& parser) {
  Source::Tag out;
  parser.expect("{", "begins a tag's filter");
  while (!parser.failed() && !parser.peek().is("}")) {
    const auto name = member(parser);
    if (name.text == "key")
      out.key = text_or_name(parser);
    else if (name.text == "values")
      out.values = parse_list(parser);
    else
      parser.fail(name.span, "a tag's filter has key and values");
    if (!parser.accept(",")) break;
  }
  parser.expect("}", "ends a tag's filter");
  if (out.key.text.empty()) parser.fail(parser.peek().span, "a tag's filter has a key");
  if (out.values.size() > kMaxTagValues)
    parser.fail(out.key.span, fmt::format("a tag's filter takes at most {} values", kMaxTagValues));
  return out;
}

std::vector<Source::Tag> parse_tags(Parser& parser) {
  const auto name = parser.name("logGroupTags");
  std::vector<Source::Tag> out;
  parser.expect("(", "behind it");
  parser.expect("[", "begins the list");
  do out.push_back(parse_tag(parser));
  while (parser.accept(","));
  parser.expect("]", "ends the list");
  parser.expect(")", "ends the arguments");
  if (out.size() > kMaxTagFilters)
    parser.fail(name.span, fmt::format("logGroupTags takes at most {} filters", kMaxTagFilters));
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
    else if (parser.sees_word("logGroupTags"))
      out.tags = parse_tags(parser);
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

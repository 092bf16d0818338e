// parse [FIELD] "glob *" as NAME, ...
// parse [FIELD] /regular (?<name>expression)/
// parse [FIELD] logfmt | csv ...
#include <algorithm>

#include "logs/query/commands.h"
#include "logs/query/regex.h"

namespace seatrial::logs::query {
namespace {

bool sees_pattern(const Parser& parser) {
  return parser.peek().kind == Token::Kind::kString || parser.peek().is("/");
}

void parse_glob(Parser& parser, ParseCommand& out) {
  const Token pattern = parser.take();
  out.pattern = pattern.text;
  const auto stars = static_cast<std::size_t>(std::ranges::count(out.pattern, '*'));
  if (!parser.accept_word("as")) {
    // guess: a pattern that names nothing is refused.
    parser.fail(pattern.span, "names are missing behind the pattern: as name, ...",
                Certainty::kLikely);
    return;
  }
  out.fields = parser.names("a field's name");
  if (parser.failed() || out.fields.size() == stars) return;
  parser.fail(pattern.span, fmt::format("the pattern has {} asterisk{}, but {} name{} behind `as`",
                                        stars, stars == 1 ? "" : "s", out.fields.size(),
                                        out.fields.size() == 1 ? "" : "s"));
}

void parse_groups(Parser& parser, ParseCommand& out) {
  out.mode = ParseCommand::Mode::kRegex;
  auto regex = parser.expression();
  if (parser.failed()) return;
  out.pattern = regex.text;
  for (auto& name : group_names(out.pattern)) out.fields.push_back({std::move(name), regex.span});
  // guess: an expression without named groups and names behind `as` are not documented.
  if (parser.accept_word("as"))
    out.fields = parser.names("a field's name");
  else if (out.fields.empty())
    parser.fail(regex.span, "no field comes of it: the expression has no group like (?<name>.*)",
                Certainty::kLikely);
}

}  // namespace

Body parse_parse(Parser& parser, const CommandKind&) {
  ParseCommand out;
  const auto is_mode = [&] { return parser.sees_word("logfmt") || parser.sees_word("csv"); };
  if (!sees_pattern(parser) && !is_mode()) {
    Expression source;
    auto field = parser.name("the field to be parsed");
    source.text = std::move(field.text), source.span = field.span;
    out.source = std::move(source);
  }
  if (parser.failed()) return out;
  if (is_mode()) {
    out.mode = ParseCommand::Mode::kOther;
    out.pattern = parser.rest_of_command();
  } else if (parser.peek().is("/")) {
    parse_groups(parser, out);
  } else if (parser.peek().kind == Token::Kind::kString) {
    parse_glob(parser, out);
  } else {
    parser.unexpected("a pattern in quotation marks or a regular expression is missing");
  }
  return out;
}

}  // namespace seatrial::logs::query

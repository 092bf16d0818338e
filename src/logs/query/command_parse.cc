// parse [FIELD] "glob *" as NAME, ...
// parse [FIELD] /regular (?<name>expression)/ [as NAME, ...] [multi]
// parse [FIELD] logfmt as NAME
// parse [FIELD] csv as NAME, ...
#include <algorithm>

#include "logs/query/commands.h"
#include "logs/query/regex.h"

namespace seatrial::logs::query {
namespace {

bool sees_pattern(const Parser& parser) {
  return parser.peek().kind == Token::Kind::kString || parser.peek().is("/");
}

bool sees_mode(const Parser& parser) {
  return parser.sees_word("logfmt") || parser.sees_word("csv");
}

// At a mode's name, unless it is that of a field: parse csv "*" as x
bool names_mode(Parser& parser) {
  if (!sees_mode(parser)) return false;
  const Token word = parser.take();
  const bool field = sees_pattern(parser) || sees_mode(parser);
  parser.rewind(word);
  return !field;
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
  const bool named = parser.accept_word("as");
  if (named) out.fields = parser.names("a field's name");
  out.multi = parser.accept_word("multi");
  // guess: an expression that names nothing is refused.
  if (!named && out.fields.empty())
    parser.fail(regex.span, "no field comes of it: the expression has no group like (?<name>.*)",
                Certainty::kLikely);
}

void parse_named(Parser& parser, ParseCommand& out) {
  const bool logfmt = parser.accept_word("logfmt");
  if (!logfmt) parser.take();
  out.mode = logfmt ? ParseCommand::Mode::kLogfmt : ParseCommand::Mode::kCsv;
  parser.set_certainty(Certainty::kLikely);
  if (!parser.accept_word("as")) parser.unexpected("`as` and a name are missing");
  if (logfmt)
    out.fields.push_back(parser.name("the name behind `as`"));
  else
    out.fields = parser.names("a field's name");
}

}  // namespace

Body parse_parse(Parser& parser, const CommandKind&) {
  ParseCommand out;
  if (!sees_pattern(parser) && !names_mode(parser)) {
    Expression source;
    auto field = parser.name("the field to be parsed");
    source.text = std::move(field.text), source.span = field.span;
    out.source = std::move(source);
  }
  if (parser.failed()) return out;
  if (sees_mode(parser)) {
    parse_named(parser, out);
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

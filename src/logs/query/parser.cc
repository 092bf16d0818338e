#include "logs/query/parser.h"

#include <algorithm>

#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

std::string shown(const Token& token, std::string_view text) {
  if (token.kind == Token::Kind::kEnd) return "the end";
  return fmt::format("'{}'", text.substr(token.span.begin, token.span.end - token.span.begin));
}

// Words that end a name where one is missing: `sort desc`, `stats count(*) as by x`.
constexpr std::string_view kReserved[] = {"as", "by", "and", "or", "not", "in", "like"};

}  // namespace

Parser::Parser(std::string_view text) : lexer_(text) { take(); }

Token Parser::take() {
  Token taken = std::move(token_);
  if (taken.kind != Token::Kind::kEnd) last_end_ = taken.span.end;
  token_ =
      failed() ? Token{Token::Kind::kEnd, {taken.span.end, taken.span.end}, ""} : lexer_.next();
  if (token_.kind == Token::Kind::kOpen)
    fail(token_.span,
         fmt::format("this {} is not closed", token_.text == "`" ? "backquote" : "quotation mark"));
  return taken;
}

void Parser::rewind(const Token& token) {
  if (failed()) return;
  lexer_.rewind(token.span.begin);
  token_ = lexer_.next();
}

bool Parser::accept(std::string_view sign) {
  if (!token_.is(sign)) return false;
  take();
  return true;
}

bool Parser::sees_word(std::string_view word) const {
  return token_.kind == Token::Kind::kWord && same_word(token_.text, word);
}

bool Parser::accept_word(std::string_view word) {
  if (!sees_word(word)) return false;
  take();
  return true;
}

bool Parser::expect(std::string_view sign, std::string_view where) {
  if (accept(sign)) return true;
  unexpected(fmt::format("{} {}", sign, where));
  return false;
}

std::string Parser::written(std::size_t begin) const {
  return std::string(text().substr(begin, last_end_ > begin ? last_end_ - begin : 0));
}

std::string Parser::rest_of_command() {
  const std::size_t begin = token_.span.begin;
  std::size_t open = 0;
  while (!ends() && !token_.is("|") && !(token_.is(")") && open == 0)) {
    if (token_.is("(")) ++open;
    if (token_.is(")")) --open;
    take();
  }
  return written(begin);
}

void Parser::fail(Span span, std::string message, Certainty certainty, std::string suggestion) {
  if (failed()) return;
  span.end = std::max(span.end, span.begin + 1);
  problem_ =
      Problem{Problem::Kind::kSyntax, span, std::move(message), std::move(suggestion), certainty};
  token_ = {Token::Kind::kEnd, token_.span, ""};
}

void Parser::unexpected(std::string_view wanted) {
  if (failed()) return;
  Span span = token_.span;
  if (ends() && span.begin > 0) span = {span.begin - 1, span.begin};
  fail(span, fmt::format("{} is not expected here: {}", shown(token_, text()), wanted), certainty_);
}

Name Parser::name(std::string_view what) {
  const bool reserved =
      token_.kind == Token::Kind::kWord &&
      std::ranges::any_of(kReserved, [&](std::string_view word) { return sees_word(word); });
  if ((token_.kind != Token::Kind::kWord && token_.kind != Token::Kind::kName) || reserved) {
    unexpected(fmt::format("{} is missing", what));
    return {};
  }
  const auto token = take();
  return {token.text, token.span};
}

std::vector<Name> Parser::names(std::string_view what) {
  std::vector<Name> out;
  do out.push_back(name(what));
  while (accept(","));
  return out;
}

Item Parser::item() {
  Item out;
  out.value = expression();
  if (!accept_word("as")) return out;
  // guess: a name in quotation marks is taken as one in backquotes.
  if (token_.kind == Token::Kind::kString) {
    const auto token = take();
    out.alias = token.text, out.alias_span = token.span;
    return out;
  }
  auto alias = name("the name behind `as`");
  out.alias = std::move(alias.text), out.alias_span = alias.span;
  return out;
}

std::vector<Item> Parser::items() {
  std::vector<Item> out;
  do out.push_back(item());
  while (accept(","));
  return out;
}

std::optional<Period> Parser::period() {
  if (token_.kind == Token::Kind::kPeriod) {
    if (const auto parsed = parse_period(token_.text)) {
      take();
      return parsed;
    }
    fail(token_.span, fmt::format("{} is no length of time", token_.text));
    return std::nullopt;
  }
  unexpected("a length of time like 5m is missing");
  return std::nullopt;
}

std::shared_ptr<const Query> Parser::subquery() {
  Deeper deeper(*this);
  const Span opened = token_.span;
  expect("(", "before the subquery");
  auto inner = std::make_shared<Query>(query());
  if (!accept(")")) fail(opened, "this parenthesis is not closed");
  return inner;
}

Command Parser::command() {
  Command out;
  out.span.begin = out.name.begin = token_.span.begin;
  if (token_.kind != Token::Kind::kWord) {
    certainty_ = Certainty::kLikely;
    unexpected("a command is missing");
    return out;
  }
  const auto name = take();
  out.name = name.span;
  out.kind = find_command(name.text);
  if (out.kind == nullptr) {
    const auto near = nearest_command(name.text);
    fail(name.span, fmt::format("there is no command '{}'", name.text), Certainty::kLikely,
         std::string(near));
    return out;
  }
  certainty_ = out.kind->certainty;
  out.body = out.kind->parse(*this, *out.kind);
  if (!at_command_end()) unexpected("commands are separated by |");
  certainty_ = Certainty::kCertain;
  out.span.end = last_end_;
  return out;
}

Query Parser::query() {
  Query out;
  if (accept_word("source")) {
    out.source = parse_source(*this);
    if (!accept("|")) return out;
  }
  do out.commands.push_back(command());
  while (accept("|"));
  return out;
}

}  // namespace seatrial::logs::query

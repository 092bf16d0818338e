// Words, numbers, strings and signs of an Insights query.
//
// A regular expression cannot be told from a division by its letters: the parser asks for one where
// only a value can stand.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "logs/problem.h"

namespace seatrial::logs::query {

struct Token {
  enum class Kind {
    kEnd,
    kWord,    // fields, count, @message, a.b.0.c
    kName,    // a field with a part in backquotes: `foo-bar`, a.`b-c`, @`c:d`
    kString,  // "..." or '...'
    kNumber,  // 12, 1.5, 1e3
    kPeriod,  // 5m: a number with letters right behind it
    kSign,    // | , ( ) [ ] = != ...
    kOpen,    // a quotation mark that nothing closes
  };
  Kind kind = Kind::kEnd;
  Span span;
  std::string text;  // kName, kString: without quotation marks

  bool is(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
};

// Case-insensitive over ASCII.
bool same_word(std::string_view a, std::string_view b);

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();
  // The regular expression that begins at the slash at `at`, which becomes the lexer's place behind
  // it; empty when nothing closes it.
  std::optional<Token> regex(std::size_t at);
  std::string_view text() const { return text_; }
  std::size_t at() const { return at_; }
  void rewind(std::size_t at) { at_ = at; }

 private:
  void skip_blank();  // spaces and comments
  Token name(std::size_t begin);
  Token number(std::size_t begin);
  Token string(std::size_t begin);
  Token sign(std::size_t begin);
  bool word_at(std::size_t at) const;
  Token made(Token::Kind kind, std::size_t begin, std::string text) const {
    return {kind, {begin, at_}, std::move(text)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace seatrial::logs::query

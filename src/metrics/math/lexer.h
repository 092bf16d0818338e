// Words, numbers, strings and signs of a metric math expression.
#pragma once
#include <string>
#include <string_view>

namespace seatrial::metrics::math {

struct Token {
  enum class Kind {
    kEnd,
    kName,    // m1, AVG
    kNumber,  // 12, .5, 1e-36
    kString,  // "errors" or 'errors', without the quotation marks
    kSign,    // + - * / ^ == != <= >= < > && || ( ) [ ] ,
    kBad      // a character that no expression has, or a quotation mark nothing closes
  };
  Kind kind = Kind::kEnd;
  std::size_t at = 0;  // byte of the expression
  std::string text;
  double number = 0;

  bool is(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  Token name();
  Token number();
  Token string();
  Token sign();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace seatrial::metrics::math

#include "metrics/math/lexer.h"

#include <array>
#include <charconv>

namespace seatrial::metrics::math {
namespace {

constexpr std::array<std::string_view, 19> kSigns{"==", "!=", "<=", ">=", "&&", "||", "<",
                                                  ">",  "+",  "-",  "*",  "/",  "^",  "(",
                                                  ")",  "[",  "]",  ",",  "%"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

Token Lexer::next() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  if (at_ == text_.size()) return {Token::Kind::kEnd, at_, "", 0};
  const char c = text_[at_];
  if (is_letter(c)) return name();
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    return number();
  }
  if (c == '"' || c == '\'') return string();
  return sign();
}

Token Lexer::name() {
  const auto begin = at_;
  while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
  return {Token::Kind::kName, begin, std::string(text_.substr(begin, at_ - begin)), 0};
}

Token Lexer::number() {
  const auto begin = at_;
  double value = 0;
  const auto [end, error] =
      std::from_chars(text_.data() + begin, text_.data() + text_.size(), value);
  at_ = static_cast<std::size_t>(end - text_.data());
  const std::string text(text_.substr(begin, at_ - begin));
  if (error != std::errc{}) {
    if (at_ == begin) ++at_;
    return {Token::Kind::kBad, begin, text, 0};
  }
  return {Token::Kind::kNumber, begin, text, value};
}

// A backslash keeps the character after it; SEARCH's own grammar reads them again.
Token Lexer::string() {
  const auto begin = at_;
  const char quote = text_[at_++];
  while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' ? 2 : 1;
  if (at_ >= text_.size()) {
    at_ = text_.size();
    return {Token::Kind::kBad, begin, std::string(text_.substr(begin)), 0};
  }
  std::string text(text_.substr(begin + 1, at_ - begin - 1));
  ++at_;
  return {Token::Kind::kString, begin, std::move(text), 0};
}

Token Lexer::sign() {
  for (const auto sign : kSigns) {
    if (!text_.substr(at_).starts_with(sign)) continue;
    const auto begin = at_;
    at_ += sign.size();
    return {sign == "%" ? Token::Kind::kBad : Token::Kind::kSign, begin, std::string(sign), 0};
  }
  return {Token::Kind::kBad, at_++, std::string(text_.substr(at_ - 1, 1)), 0};
}

}  // namespace seatrial::metrics::math

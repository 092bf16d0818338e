#include "logs/query/lexer.h"

#include <algorithm>

namespace seatrial::logs::query {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '@' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_letter(c) || is_digit(c); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Longest first.
constexpr std::string_view kSigns[] = {"=~", "==", "!=", "!~", "<=", "<>", ">=", "&&", "||"};

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool Lexer::word_at(std::size_t at) const {
  return at < text_.size() && (is_word(text_[at]) || text_[at] == '`');
}

void Lexer::skip_blank() {
  while (at_ < text_.size()) {
    if (text_[at_] == '#')
      at_ = std::min(text_.find('\n', at_), text_.size());
    else if (is_space(text_[at_]))
      ++at_;
    else
      return;
  }
}

Token Lexer::next() {
  skip_blank();
  const std::size_t begin = at_;
  if (begin >= text_.size()) return made(Token::Kind::kEnd, begin, "");
  const char c = text_[begin];
  if (is_letter(c) || c == '`') return name(begin);
  if (is_digit(c) || (c == '.' && begin + 1 < text_.size() && is_digit(text_[begin + 1])))
    return number(begin);
  if (c == '"' || c == '\'') return string(begin);
  return sign(begin);
}

// A field's name is one token with its dots and the parts in backquotes.
Token Lexer::name(std::size_t begin) {
  std::string text;
  bool quoted = false;
  while (true) {
    if (at_ < text_.size() && text_[at_] == '`') {
      const auto end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) {
        const std::size_t opened = at_;
        at_ = text_.size();
        return {Token::Kind::kOpen, {opened, opened + 1}, "`"};
      }
      text += text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      quoted = true;
    } else {
      while (at_ < text_.size() && is_word(text_[at_])) text += text_[at_++];
      // The sign of system fields stands outside: @`aws.tag.a:b`
      if (text == "@" && at_ < text_.size() && text_[at_] == '`') continue;
    }
    if (at_ >= text_.size() || text_[at_] != '.' || !word_at(at_ + 1)) break;
    text += text_[at_++];
  }
  return made(quoted ? Token::Kind::kName : Token::Kind::kWord, begin, std::move(text));
}

Token Lexer::number(std::size_t begin) {
  const auto digits = [&] {
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  };
  digits();
  if (at_ < text_.size() && text_[at_] == '.') ++at_, digits();
  if (at_ + 1 < text_.size() && lower(text_[at_]) == 'e') {
    const bool sign = text_[at_ + 1] == '+' || text_[at_ + 1] == '-';
    const std::size_t exponent = at_ + (sign ? 2 : 1);
    if (exponent < text_.size() && is_digit(text_[exponent])) at_ = exponent, digits();
  }
  const bool unit = at_ < text_.size() && is_letter(text_[at_]);
  while (unit && at_ < text_.size() && is_word(text_[at_])) ++at_;
  return made(unit ? Token::Kind::kPeriod : Token::Kind::kNumber, begin,
              std::string(text_.substr(begin, at_ - begin)));
}

// guess: a backslash takes the quotation mark or backslash behind it as it is, nothing else.
Token Lexer::string(std::size_t begin) {
  const char mark = text_[begin];
  std::string text;
  for (at_ = begin + 1; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == mark) {
      ++at_;
      return made(Token::Kind::kString, begin, std::move(text));
    }
    if (c == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == mark || text_[at_ + 1] == '\\'))
      ++at_;
    text += text_[at_];
  }
  return {Token::Kind::kOpen, {begin, begin + 1}, std::string(1, mark)};
}

Token Lexer::sign(std::size_t begin) {
  const auto rest = text_.substr(begin);
  const auto found =
      std::ranges::find_if(kSigns, [&](std::string_view sign) { return rest.starts_with(sign); });
  const std::size_t length = found == std::end(kSigns) ? 1 : found->size();
  at_ = begin + length;
  return made(Token::Kind::kSign, begin, std::string(rest.substr(0, length)));
}

// guess: a slash inside brackets ends the expression too, unless a backslash stands before it.
std::optional<Token> Lexer::regex(std::size_t at) {
  for (std::size_t i = at + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == '/') {
      at_ = i + 1;
      return made(Token::Kind::kString, at, std::string(text_.substr(at + 1, i - at - 1)));
    }
  }
  return std::nullopt;
}

}  // namespace seatrial::logs::query

// The place of a parser in its text, and the classes of characters that patterns tell apart.
#pragma once
#include <cstddef>
#include <string_view>

namespace seatrial::logs::pattern {

inline bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
inline bool is_word(char c) { return is_alphanumeric(c) || c == '_'; }
inline bool is_hex(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

class Cursor {
 public:
  Cursor(std::string_view text, std::size_t at, std::size_t end)
      : text_(text.substr(0, end)), at_(at) {}

  std::size_t at() const { return at_; }
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  std::string_view rest() const { return text_.substr(at_); }
  std::string_view from(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  void step(std::size_t count = 1) {
    at_ = at_ + count < text_.size() ? at_ + count : text_.size();
  }
  bool take(std::string_view word) {
    if (!sees(word)) return false;
    at_ += word.size();
    return true;
  }
  bool skip_spaces() {  // false at the end
    while (!done() && is_space(text_[at_])) ++at_;
    return !done();
  }
  template <class Is>
  std::string_view take_while(Is is) {
    const std::size_t begin = at_;
    while (!done() && is(text_[at_])) ++at_;
    return from(begin);
  }

 private:
  std::string_view text_;
  std::size_t at_;
};

}  // namespace seatrial::logs::pattern

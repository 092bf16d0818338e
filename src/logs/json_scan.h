// A strict walk over JSON text that builds nothing: where each token begins and ends.
//
// Problem: two places read very much JSON and keep little of it: the body of PutLogEvents, and the
// messages of a block whose members become columns. Choice: one pass with vector compares inside
// strings, tokens as views. Rejected: simdjson's index of a whole document, which is made for
// large documents and costs more than it saves on lines of 300 bytes and on strings that hold JSON
// themselves (a quote every six bytes). UTF-8 is the caller's (simdjson::validate_utf8).
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace seatrial::logs {

class JsonScanner {
 public:
  static constexpr int kMaxDepth = 64;

  explicit JsonScanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool at_end() const { return at_ == end_; }
  char peek() const { return at_ < end_ ? *at_ : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ == end_) return false;
    ++at_;
    return true;
  }
  // `c` with space around it.
  bool take_spaced(char c) {
    skip_space();
    if (!take(c)) return false;
    skip_space();
    return true;
  }

  // Each of these is at the token's first byte, and leaves the place behind its last; an empty view
  // is not a token. A string comes with its quotes, escapes checked but not undone.
  std::string_view string();
  std::string_view number();
  std::string_view literal();  // true, false, null
  std::string_view scalar();
  std::string_view value(int depth = 0);  // anything, checked to its depths

  const char* place() const { return at_; }
  void move_to(const char* at) { at_ = at; }

  // Behind the bytes of a string that need no care: at a quote, a backslash, a control character,
  // or the end.
  static const char* plain_end(const char* at, const char* end);

 private:
  bool escape();
  std::string_view container(int depth, char open, char close);
  std::string_view token(const char* begin) const {
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  bool digits() {
    const char* begin = at_;
    while (at_ < end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ > begin;
  }
  const char* at_;
  const char* end_;
};

inline const char* JsonScanner::plain_end(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x1F);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i found =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash)),
                     _mm_cmpeq_epi8(_mm_min_epu8(bytes, low), bytes));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) return at + __builtin_ctz(mask);
  }
#endif
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) > 0x1F) ++at;
  return at;
}

inline std::string_view JsonScanner::string() {
  const char* begin = at_;
  if (!take('"')) return {};
  while (true) {
    at_ = plain_end(at_, end_);
    if (take('"')) return token(begin);
    if (!escape()) return {};
  }
}

inline bool JsonScanner::escape() {
  if (!take('\\') || at_ == end_) return false;
  const char kind = *at_++;
  if (kind != 'u') return std::memchr("\"\\/bfnrt", kind, 8) != nullptr;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = peek();
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!hex) return false;
  }
  return true;
}

inline std::string_view JsonScanner::number() {
  const char* begin = at_;
  (void)take('-');
  if (!take('0') && !digits()) return {};
  if (take('.') && !digits()) return {};
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (!take('+')) (void)take('-');
    if (!digits()) return {};
  }
  return token(begin);
}

inline std::string_view JsonScanner::literal() {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  for (const std::string_view word : {"true", "false", "null"}) {
    if (!rest.starts_with(word)) continue;
    at_ += word.size();
    return rest.substr(0, word.size());
  }
  return {};
}

inline std::string_view JsonScanner::scalar() {
  const char c = peek();
  if (c == '"') return string();
  if (c == '-' || (c >= '0' && c <= '9')) return number();
  return literal();
}

inline std::string_view JsonScanner::value(int depth) {
  if (peek() == '{') return container(depth, '{', '}');
  if (peek() == '[') return container(depth, '[', ']');
  return scalar();
}

inline std::string_view JsonScanner::container(int depth, char open, char close) {
  const char* begin = at_;
  if (depth >= kMaxDepth) return {};
  (void)take(open);
  skip_space();
  if (take(close)) return token(begin);
  do {
    skip_space();
    if (open == '{' && (string().empty() || !take_spaced(':'))) return {};
    if (value(depth + 1).empty()) return {};
    skip_space();
  } while (take(','));
  return take(close) ? token(begin) : std::string_view();
}

}  // namespace seatrial::logs

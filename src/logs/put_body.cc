#include "logs/put_body.h"

#include <simdjson.h>

#include "logs/json_scan.h"

namespace seatrial::logs {
namespace {

constexpr std::size_t kMaxEvents = 10'000, kMaxNameBytes = 512;
constexpr int kMaxTimestampDigits = 15;

// Undoes escapes while copying. `out` has room: what is unescaped is never longer than its JSON.
class Unescaper {
 public:
  Unescaper(const char* at, const char* end, char* out) : at_(at), end_(end), out_(out) {}

  // From behind the opening quote to behind the closing one; false when there is something that
  // only the ordinary way judges (a control character, half a surrogate pair, an unknown escape).
  bool run() {
    while (true) {
      copy_plain();
      if (at_ == end_) return false;
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ != '\\' || !escape()) return false;
    }
  }
  const char* at() const { return at_; }
  char* out() const { return out_; }

 private:
  void copy_plain() {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i low = _mm_set1_epi8(0x1F);
    while (end_ - at_ >= 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out_), bytes);
      const __m128i found =
          _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash)),
                       _mm_cmpeq_epi8(_mm_min_epu8(bytes, low), bytes));
      const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
      const int plain = mask == 0 ? 16 : __builtin_ctz(mask);
      at_ += plain;
      out_ += plain;
      if (mask != 0) return;
    }
#endif
    while (at_ < end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) > 0x1F) {
      *out_++ = *at_++;
    }
  }

  bool escape() {
    if (end_ - at_ < 2) return false;
    const char kind = at_[1];
    at_ += 2;
    switch (kind) {
      case '"':
      case '\\':
      case '/':
        return put(kind);
      case 'n':
        return put('\n');
      case 't':
        return put('\t');
      case 'r':
        return put('\r');
      case 'b':
        return put('\b');
      case 'f':
        return put('\f');
      case 'u':
        return unicode();
      default:
        return false;
    }
  }
  bool put(char c) {
    *out_++ = c;
    return true;
  }
  std::optional<std::uint32_t> hex4() {
    if (end_ - at_ < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = *at_++;
      std::uint32_t digit = 16;
      if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
      if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a' + 10);
      if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A' + 10);
      if (digit == 16) return std::nullopt;
      value = value * 16 + digit;
    }
    return value;
  }
  bool unicode() {
    auto point = hex4();
    if (!point || (*point >= 0xDC00 && *point <= 0xDFFF)) return false;
    if (*point >= 0xD800 && *point <= 0xDBFF) {
      if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return false;
      at_ += 2;
      const auto low = hex4();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      point = 0x10000 + ((*point - 0xD800) << 10) + (*low - 0xDC00);
    }
    encode(*point);
    return true;
  }
  void encode(std::uint32_t point) {
    const auto byte = [&](std::uint32_t bits) { *out_++ = static_cast<char>(bits); };
    const auto tail = [&](unsigned shift) { byte(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) return byte(point);
    if (point < 0x800) {
      byte(0xC0 | (point >> 6));
    } else if (point < 0x10000) {
      byte(0xE0 | (point >> 12));
      tail(6);
    } else {
      byte(0xF0 | (point >> 18));
      tail(12);
      tail(6);
    }
    tail(0);
  }

  const char* at_;
  const char* end_;
  char* out_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view body) : in_(body), end_(body.data() + body.size()) {
    put_.events.bytes.reserve(body.size());
  }

  std::optional<PutBody> run() {
    in_.skip_space();
    if (!members([&](std::string_view name) { return member(name); })) return std::nullopt;
    in_.skip_space();
    const bool whole = !put_.group.empty() && !put_.stream.empty() && !put_.events.empty();
    if (!in_.at_end() || !whole) return std::nullopt;
    return std::move(put_);
  }

 private:
  // An object, each of whose members `take` reads; names come without their quotes.
  template <class Take>
  bool members(const Take& take) {
    if (!in_.take('{')) return false;
    do {
      in_.skip_space();
      const std::string_view name = in_.string();
      if (name.size() < 2 || !in_.take_spaced(':')) return false;
      if (!take(name.substr(1, name.size() - 2))) return false;
      in_.skip_space();
    } while (in_.take(','));
    return in_.take('}');
  }

  bool member(std::string_view name) {
    if (name == "logEvents") return put_.events.empty() && events();
    if (name == "logGroupName") return plain(put_.group);
    if (name == "logStreamName") return plain(put_.stream);
    return name == "sequenceToken" && plain(token_);
  }

  bool plain(std::string& out) {
    const std::string_view token = in_.string();
    if (!out.empty() || token.size() < 3 || token.size() > kMaxNameBytes + 2) return false;
    for (const char c : token) {
      if (c == '\\' || static_cast<signed char>(c) < 0) return false;
    }
    out = token.substr(1, token.size() - 2);
    return true;
  }

  bool events() {
    if (!in_.take('[')) return false;
    do {
      in_.skip_space();
      if (put_.events.size() == kMaxEvents || !event()) return false;
      in_.skip_space();
    } while (in_.take(','));
    return in_.take(']');
  }

  bool event() {
    std::optional<std::int64_t> timestamp;
    EventBatch::Item item;
    const bool read = members([&](std::string_view name) {
      if (name == "timestamp") return !timestamp && number(timestamp);
      return name == "message" && item.length == 0 && message(item);
    });
    if (!read || !timestamp || item.length == 0) return false;
    item.timestamp_ms = *timestamp;
    put_.events.items.push_back(item);
    return true;
  }

  bool number(std::optional<std::int64_t>& out) {
    const std::string_view token = in_.number();
    if (token.empty() || token.size() > kMaxTimestampDigits) return false;
    std::int64_t value = 0;
    for (const char c : token) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    out = value;
    return true;
  }

  bool message(EventBatch::Item& item) {
    if (!in_.take('"')) return false;
    Buffer& bytes = put_.events.bytes;
    char* begin = bytes.data() + bytes.size();
    Unescaper unescaper(in_.place(), end_, begin);
    if (!unescaper.run()) return false;
    in_.move_to(unescaper.at());
    item.offset = static_cast<std::uint32_t>(bytes.size());
    item.length = static_cast<std::uint32_t>(unescaper.out() - begin);
    *unescaper.out() = '\n';
    bytes.set_size(item.offset + item.length + 1);
    return true;
  }

  JsonScanner in_;
  const char* end_;
  PutBody put_;
  std::string token_;
};

}  // namespace

std::optional<PutBody> decode_put_body(std::string_view body) {
  if (body.size() > UINT32_MAX || !simdjson::validate_utf8(body.data(), body.size())) {
    return std::nullopt;
  }
  return Decoder(body).run();
}

}  // namespace seatrial::logs

#include "logs/run/json_text.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"
#include "base/value.h"
#include "logs/run/limits.h"

namespace seatrial::logs::run {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The first quotation mark or backslash.
const char* find_special(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int hit =
        _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash)));
    if (hit != 0) return at + __builtin_ctz(static_cast<unsigned>(hit));
  }
#endif
  while (at < end && *at != '"' && *at != '\\') ++at;
  return at;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four digits of \uXXXX at `at`; -1 when they are none.
int hex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int out = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    out = out * 16 + digit;
  }
  return out;
}

char* put_utf8(char* out, unsigned code) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0 | (code >> 6));
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (code >> 12));
    *out++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | (code >> 18));
    *out++ = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    *out++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
  }
  return out;
}

// Behind \u: a code point, of two halves where it takes them. A half alone becomes U+FFFD.
const char* unescape_unicode(const char* at, const char* end, char*& out) {
  int code = hex4(at, end);
  if (code < 0) return nullptr;
  at += 4;
  if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const int low = hex4(at + 2, end);
    if (low >= 0xDC00 && low < 0xE000) {
      out = put_utf8(out, 0x10000u + (static_cast<unsigned>(code - 0xD800) << 10) +
                              static_cast<unsigned>(low - 0xDC00));
      return at + 6;
    }
  }
  if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
  out = put_utf8(out, static_cast<unsigned>(code));
  return at;
}

// The content of a string with escapes; never longer than it was written.
std::string_view unescape(std::string_view raw, Arena& arena) {
  char* const begin = arena.take(raw.size());
  if (begin == nullptr) return {};
  char* out = begin;
  const char *at = raw.data(), *const end = raw.data() + raw.size();
  static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  while (at < end) {
    if (*at != '\\' || at + 1 == end) {
      *out++ = *at++;
      continue;
    }
    const char name = at[1];
    at += 2;
    if (name == 'u') {
      const char* next = unescape_unicode(at, end, out);
      if (next == nullptr) return {};
      at = next;
    } else if (const auto known = kNames.find(name); known != std::string_view::npos) {
      *out++ = kMeanings[known];
    } else {
      *out++ = name;
    }
  }
  return {begin, static_cast<std::size_t>(out - begin)};
}

struct Piece {
  const char *begin, *end;
  bool escaped = false;
  std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

}  // namespace

// Walks over one document. Every step returns false at its end or where it is damaged.
class JsonScan {
 public:
  JsonScan(std::string_view json, Arena& arena)
      : at_(json.data()), end_(json.data() + json.size()), arena_(arena) {}

  void run(const JsonPaths& paths, std::span<Value> values) {
    paths_ = &paths, values_ = values, left_ = paths.count_;
    skip_blank();
    (void)container(0, 0);
  }
  bool each(const std::function<void(std::string_view, const Value&)>& visit) {
    skip_blank();
    if (at_ == end_ || (*at_ != '{' && *at_ != '[')) return false;
    const bool map = *at_++ == '{';
    const char close = map ? '}' : ']';
    for (std::size_t index = 0;; ++index) {
      skip_blank();
      if (at_ == end_ || *at_ == close) return at_ != end_;
      std::string_view name;
      if (map && !key(name)) return false;
      skip_blank();
      const char* begin = at_;
      if (!skip_value()) return false;
      visit(name, json_value({begin, static_cast<std::size_t>(at_ - begin)}, arena_));
      skip_blank();
      if (at_ < end_ && *at_ == ',') ++at_;
    }
  }
  void skip_blank() {
    while (at_ < end_ && is_space(*at_)) ++at_;
  }
  bool skip_value() {
    if (at_ == end_) return false;
    if (*at_ == '"') {
      Piece ignored;
      return string(ignored);
    }
    if (*at_ == '{' || *at_ == '[') return skip_container();
    const char* begin = at_;
    while (at_ < end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !is_space(*at_)) ++at_;
    return at_ != begin;
  }
  const char* at() const { return at_; }

 private:
  bool string(Piece& out) {  // at the opening quotation mark
    out.begin = ++at_;
    out.escaped = false;
    while (true) {
      at_ = find_special(at_, end_);
      if (at_ >= end_) return false;
      if (*at_ == '"') break;
      out.escaped = true;
      if (end_ - at_ < 2) return false;
      at_ += 2;
    }
    out.end = at_++;
    return true;
  }
  bool key(std::string_view& out) {
    if (at_ == end_ || *at_ != '"') return false;
    Piece piece;
    if (!string(piece)) return false;
    out = piece.escaped ? unescape(piece.text(), arena_) : piece.text();
    skip_blank();
    if (at_ == end_ || *at_ != ':') return false;
    ++at_;
    return true;
  }
  bool skip_container() {
    std::size_t depth = 0;
    while (at_ < end_) {
      const char c = *at_;
      if (c == '"') {
        Piece ignored;
        if (!string(ignored)) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }
  bool container(int node, std::size_t depth) {
    if (at_ == end_ || depth > kMaxJsonDepth) return false;
    if (*at_ == '{') return map(node, depth);
    return *at_ == '[' && list(node, depth);
  }
  bool map(int node, std::size_t depth) {
    ++at_;
    while (true) {
      skip_blank();
      if (at_ == end_) return false;
      if (*at_ == '}') return ++at_, true;
      std::string_view name;
      if (!key(name)) return false;
      if (!member(find(node, name), depth)) return false;
      skip_blank();
      if (at_ < end_ && *at_ == ',') ++at_;
    }
  }
  bool list(int node, std::size_t depth) {
    ++at_;
    for (std::size_t index = 0;; ++index) {
      skip_blank();
      if (at_ == end_) return false;
      if (*at_ == ']') return ++at_, true;
      std::array<char, 20> digits;
      const auto made = std::to_chars(digits.data(), digits.data() + digits.size(), index);
      const std::string_view name(digits.data(),
                                  static_cast<std::size_t>(made.ptr - digits.data()));
      if (!member(find(node, name), depth)) return false;
      skip_blank();
      if (at_ < end_ && *at_ == ',') ++at_;
    }
  }
  // The value of a key that leads to `node`, or to nothing that is wanted (-1).
  bool member(int node, std::size_t depth) {
    skip_blank();
    if (node < 0) return skip_value();
    const auto& wanted = paths_->nodes_[static_cast<std::size_t>(node)];
    const char* begin = at_;
    const bool deeper = !wanted.edges.empty() && at_ < end_ && (*at_ == '{' || *at_ == '[');
    if (deeper ? !container(node, depth + 1) : !skip_value()) return false;
    if (wanted.targets.empty()) return true;
    Value found = json_value({begin, static_cast<std::size_t>(at_ - begin)}, arena_);
    for (const int target : wanted.targets) {
      auto& value = values_[static_cast<std::size_t>(target)];
      if (value.kind > Value::Kind::kNone) continue;
      value = found;
      --left_;
    }
    return left_ > 0;
  }
  int find(int node, std::string_view name) const {
    for (const auto& edge : paths_->nodes_[static_cast<std::size_t>(node)].edges)
      if (edge.key == name) return edge.node;
    return -1;
  }

  const char *at_, *end_;
  Arena& arena_;
  const JsonPaths* paths_ = nullptr;
  std::span<Value> values_;
  int left_ = 0;
};

int JsonPaths::child(int node, std::string_view key) {
  for (const auto& edge : nodes_[static_cast<std::size_t>(node)].edges)
    if (edge.key == key) return edge.node;
  const int made = static_cast<int>(nodes_.size());
  nodes_[static_cast<std::size_t>(node)].edges.push_back({std::string(key), made});
  nodes_.emplace_back();
  return made;
}

// "a.b.c" is looked for as a > b > c, a.b > c, a > b.c and a.b.c.
void JsonPaths::add_from(int node, std::string_view rest, int target) {
  constexpr std::size_t kMaxNodes = 4'096;  // of absurd paths only the plain way is looked for
  for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.', dot + 1)) {
    add_from(child(node, rest.substr(0, dot)), rest.substr(dot + 1), target);
    if (nodes_.size() > kMaxNodes) break;
  }
  auto& targets = nodes_[static_cast<std::size_t>(child(node, rest))].targets;
  if (std::ranges::find(targets, target) == targets.end()) targets.push_back(target);
}

void JsonPaths::add(std::string_view path, int target) {
  add_from(0, path, target);
  ++count_;
}

void JsonPaths::scan(std::string_view json, std::span<Value> values, Arena& arena) const {
  if (!empty()) JsonScan(json, arena).run(*this, values);
}

Value json_at(std::string_view json, std::string_view path, Arena& arena) {
  JsonPaths paths;
  paths.add(path, 0);
  Value out;
  paths.scan(json, {&out, 1}, arena);
  return out;
}

Value json_value(std::string_view piece, Arena& arena) {
  if (piece.empty()) return {};
  switch (piece[0]) {
    case '"': {
      if (piece.size() < 2 || piece.back() != '"') return {};
      const auto raw = piece.substr(1, piece.size() - 2);
      return Value::of(raw.find('\\') == std::string_view::npos ? raw : unescape(raw, arena));
    }
    case '{':
    case '[':
      return Value::json(piece);
    case 't':
    case 'f':
      if (piece == "true" || piece == "false") return Value::of(piece == "true");
      return {};
    default:
      break;
  }
  const auto number = parse_number(piece);
  return number ? Value{Value::Kind::kNumber, *number, piece} : Value{};
}

std::string_view json_document(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.size() < 2) return {};
  const char close = text.front() == '{' ? '}' : text.front() == '[' ? ']' : '\0';
  return close != '\0' && text.back() == close ? text : std::string_view{};
}

bool json_valid(std::string_view text) { return parse_json(text).has_value(); }

std::string_view json_fragment(std::string_view text) {
  const auto begin = text.find('{');
  if (begin == std::string_view::npos) return {};
  Arena unused;
  JsonScan scan(text.substr(begin), unused);
  if (!scan.skip_value()) return {};
  return text.substr(begin, static_cast<std::size_t>(scan.at() - text.data()) - begin);
}

bool json_each(std::string_view json, Arena& arena,
               const std::function<void(std::string_view, const Value&)>& visit) {
  return JsonScan(json, arena).each(visit);
}

std::string json_quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

}  // namespace seatrial::logs::run

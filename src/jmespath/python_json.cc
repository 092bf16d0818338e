// Reading and writing of JSON in Python's way. The other half: python_json.h, python_text.cc.
#include "jmespath/python_json.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace seatrial::jmespath {
namespace {

constexpr std::string_view kJsonSpace = " \t\n\r";
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void append_code_point(std::uint32_t c, std::string& out) {
  const auto tail = [&](int shift) { out.push_back(char(0x80 | ((c >> shift) & 0x3f))); };
  if (c < 0x80) {
    out.push_back(char(c));
  } else if (c < 0x800) {
    out.push_back(char(0xc0 | (c >> 6)));
    tail(0);
  } else if (c < 0x10000) {
    out.push_back(char(0xe0 | (c >> 12)));
    tail(6), tail(0);
  } else {
    out.push_back(char(0xf0 | (c >> 18)));
    tail(12), tail(6), tail(0);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Each method returns false (or empty) where Python raises; then reading ends.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  std::optional<Value> whole() {
    skip_space();
    Value v;
    if (!value(v, 0)) return std::nullopt;
    skip_space();
    if (at_ != text_.size()) return std::nullopt;
    return v;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() { at_ = std::min(text_.find_first_not_of(kJsonSpace, at_), text_.size()); }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view w, Value meaning, Value& out) {
    if (!text_.substr(at_).starts_with(w)) return false;
    at_ += w.size();
    out = std::move(meaning);
    return true;
  }

  bool value(Value& out, int depth) {
    if (depth > kMaxJsonDepth) return false;
    switch (peek()) {
      case '"':
        return string_value(out);
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case 'n':
        return word("null", nullptr, out);
      case 't':
        return word("true", true, out);
      case 'f':
        return word("false", false, out);
      case 'N':
        return word("NaN", kNaN, out);
      case 'I':
        return word("Infinity", kInfinity, out);
      default:
        return word("-Infinity", -kInfinity, out) || number(out);
    }
  }

  bool string_value(Value& out) {
    std::string text;
    if (!string(text)) return false;
    out = boost::json::string(text);
    return true;
  }

  bool object(Value& out, int depth) {
    ++at_;
    Object& members = out.emplace_object();
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      std::string key;
      Value member;
      if (!string(key)) return false;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      if (!value(member, depth + 1)) return false;
      members[key] = std::move(member);
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool array(Value& out, int depth) {
    ++at_;
    Array& elements = out.emplace_array();
    skip_space();
    if (take(']')) return true;
    do {
      skip_space();
      if (!value(elements.emplace_back(nullptr), depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool string(std::string& out) {
    if (!take('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out.push_back(c);
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }

  // Leaves at_ on the escape's last byte.
  bool escape(std::string& out) {
    ++at_;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (peek() == 'u' && at_ < text_.size()) return unicode_escape(out);
    const auto which = at_ < text_.size() ? kNames.find(text_[at_]) : std::string_view::npos;
    if (which == std::string_view::npos) return false;
    out.push_back(kMeanings[which]);
    return true;
  }

  bool unicode_escape(std::string& out) {
    const auto first = four_digits(at_ + 1);
    if (!first) return false;
    at_ += 4;
    if (*first >= 0xd800 && *first <= 0xdbff && text_.substr(at_ + 1).starts_with("\\u")) {
      const auto second = four_digits(at_ + 3);
      if (second && *second >= 0xdc00 && *second <= 0xdfff) {
        at_ += 6;
        append_code_point(0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00), out);
        return true;
      }
    }
    append_code_point(*first, out);
    return true;
  }

  std::optional<std::uint32_t> four_digits(std::size_t at) const {
    if (at + 4 > text_.size()) return std::nullopt;
    std::uint32_t code = 0;
    const char* end = text_.data() + at + 4;
    const auto [stop, error] = std::from_chars(text_.data() + at, end, code, 16);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return code;
  }

  bool digits() {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    return at_ > start;
  }

  bool number(Value& out) {
    const std::size_t start = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    const std::size_t whole_end = at_;
    if (take('.') && !digits()) return false;
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (!take('-')) take('+');
      if (!digits()) return false;
    }
    return number_of(text_.substr(start, at_ - start), at_ == whole_end, out);
  }

  static bool number_of(std::string_view text, bool integer, Value& out) {
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    std::uint64_t positive = 0;
    if (integer && std::from_chars(text.data(), end, whole).ec == std::errc{}) {
      out = whole;
    } else if (integer && std::from_chars(text.data(), end, positive).ec == std::errc{}) {
      out = positive;
    } else {
      out = python_number(text).value_or(kNaN);
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void append_hex4(std::uint32_t unit, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[(unit >> shift) & 0xf]);
}

// The code point of one well-formed sequence; a stray byte is itself.
std::uint32_t decoded(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return std::uint32_t(std::uint8_t(sequence[i])); };
  switch (sequence.size()) {
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    case 4:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 |
             (byte(3) & 0x3f);
    default:
      return byte(0);
  }
}

void append_escaped(std::uint32_t c, std::string& out) {
  constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  const auto which = c < 0x80 ? kMeanings.find(char(c)) : std::string_view::npos;
  if (which != std::string_view::npos) {
    out.push_back('\\');
    out.push_back(kNames[which]);
  } else if (c >= ' ' && c <= '~') {
    out.push_back(char(c));
  } else if (c < 0x10000) {
    append_hex4(c, out);
  } else {
    append_hex4(0xd800 + ((c - 0x10000) >> 10), out);
    append_hex4(0xdc00 + ((c - 0x10000) & 0x3ff), out);
  }
}

void write_string(std::string_view text, std::string& out) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t size = code_point_size(text);
    append_escaped(decoded(text.substr(0, size)), out);
    text.remove_prefix(size);
  }
  out.push_back('"');
}

void write_double(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "NaN";
  } else if (std::isinf(number)) {
    out += number > 0 ? "Infinity" : "-Infinity";
  } else {
    out += python_float(number);
  }
}

// Values come from parsers or evaluations, both of which limit their depth.
void write_value(const Value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    out.push_back('{');
    for (const auto& [key, member] : *object) {
      if (out.back() != '{') out.push_back(',');
      write_string({key.data(), key.size()}, out);
      out.push_back(':');
      write_value(member, out);
    }
    out.push_back('}');
  } else if (const auto* array = value.if_array()) {
    out.push_back('[');
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out.push_back(',');
      write_value((*array)[i], out);
    }
    out.push_back(']');
  } else if (const auto* text = value.if_string()) {
    write_string(as_view(*text), out);
  } else if (const auto* number = value.if_double()) {
    write_double(*number, out);
  } else {
    out += to_json(value);
  }
}

}  // namespace

std::optional<Value> parse_python_json(std::string_view text) { return JsonReader(text).whole(); }

std::string to_python_json(const Value& value) {
  std::string out;
  write_value(value, out);
  return out;
}

}  // namespace seatrial::jmespath

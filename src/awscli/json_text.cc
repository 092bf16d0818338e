// See json_text.h. Differs from RFC 8259 as Python does: NaN and infinities are numbers, a pair of
// surrogates may be broken. An unknown mark may stand for a whole value or inside a string; what
// follows a mark elsewhere is not judged.
#include "awscli/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>

namespace seatrial::awscli {
namespace {

bool is_json_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t point) {
  if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  std::expected<Node, SyntaxError> read() {
    Node root;
    skip_blanks();
    value(root, 0);
    if (!error_) {
      skip_blanks();
      if (at_ < text_.size()) fail("text follows the JSON value");
    }
    if (!error_) return root;
    error_->unsure = error_->unsure || text_.substr(0, error_->at).contains(kUnknownMark) ||
                     (error_->at < text_.size() && text_[error_->at] == kUnknownMark);
    return std::unexpected(std::move(*error_));
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char current() const { return at_end() ? '\0' : text_[at_]; }

  void fail(std::string message) {
    if (!error_) error_ = SyntaxError{std::min(at_, text_.size()), std::move(message), false};
  }

  void skip_blanks() {
    while (!at_end() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
  }

  void value(Node& node, int depth) {
    if (depth > kMaxNodeDepth) {
      fail("nested too deep");
      error_->unsure = true;
      return;
    }
    node.begin = at_;
    switch (current()) {
      case '{':
        map(node, depth);
        break;
      case '[':
        list(node, depth);
        break;
      case '"':
        node.kind = NodeKind::kText;
        string(node.text);
        break;
      case kUnknownMark:
        unknown(node);
        break;
      default:
        word_or_number(node);
    }
    node.end = at_;
  }

  // What the shell puts here, with letters or digits that touch it.
  void unknown(Node& node) {
    node = Node{.begin = node.begin};
    while (!at_end() && !std::string_view(" \t\r\n,]}").contains(text_[at_])) ++at_;
  }

  void map(Node& node, int depth) {
    node.kind = NodeKind::kMap;
    ++at_;
    skip_blanks();
    if (current() == '}') return void(++at_);
    while (!error_) {
      if (current() != '"') return fail(key_expected());
      NodeKey key{"", at_, 0};
      string(key.text);
      key.end = at_;
      skip_blanks();
      if (error_ || current() != ':') return fail("':' expected after the key");
      ++at_;
      skip_blanks();
      Node item;
      value(item, depth + 1);
      if (item.is(NodeKind::kUnknown)) node.open = true;
      set_member(node, std::move(key), std::move(item));
      if (!more('}')) return;
    }
  }

  std::string key_expected() const {
    if (current() == '\'') return "JSON wants double quotes, not single ones";
    if (current() == '}') return "no comma may stand before '}'";
    return "a key in double quotes expected";
  }

  void list(Node& node, int depth) {
    node.kind = NodeKind::kList;
    ++at_;
    skip_blanks();
    if (current() == ']') return void(++at_);
    while (!error_) {
      if (current() == ']') return fail("no comma may stand before ']'");
      value(node.items.emplace_back(), depth + 1);
      if (node.items.back().is(NodeKind::kUnknown)) node.open = true;
      if (!more(']')) return;
    }
  }

  // After an item: past a comma (true), or past the end or at an error (false).
  bool more(char close) {
    if (error_) return false;
    skip_blanks();
    if (current() == close) {
      ++at_;
      return false;
    }
    if (current() != ',') {
      fail(at_end() ? fmt::format("'{}' is missing", close)
                    : fmt::format("',' or '{}' expected", close));
      return false;
    }
    ++at_;
    skip_blanks();
    return true;
  }

  void string(std::string& out) {
    const auto begin = at_++;
    while (!error_) {
      if (at_end()) {
        at_ = begin;
        return fail("this string is not closed");
      }
      const char c = text_[at_];
      if (c == '"') return void(++at_);
      if (c == '\\') {
        escape(out);
      } else if (static_cast<unsigned char>(c) < 0x20 && c != kUnknownMark) {
        return fail("a line break or control character stands in a string");
      } else {
        out += c;
        ++at_;
      }
    }
  }

  void escape(std::string& out) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (current() == 'u' && !at_end()) return code_point(out);
    const auto index = at_end() ? std::string_view::npos : kEscapes.find(text_[at_]);
    if (index == std::string_view::npos) {
      --at_;
      return fail("JSON has no such escape");
    }
    out += kMeanings[index];
    ++at_;
  }

  void code_point(std::string& out) {
    const auto high = unit();
    if (!high) return;
    if (*high >= 0xD800 && *high < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      const auto before = at_;
      ++at_;
      const auto low = unit();
      if (!low) return;
      if (*low >= 0xDC00 && *low < 0xE000)
        return append_utf8(out, 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00));
      at_ = before;
    }
    append_utf8(out, *high);
  }

  // "uXXXX" at the cursor.
  std::optional<std::uint32_t> unit() {
    std::uint32_t value = 0;
    const auto digits = text_.substr(std::min(at_ + 1, text_.size()), 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4) {
      fail("four hexadecimal digits expected");
      return std::nullopt;
    }
    at_ += 5;
    return value;
  }

  bool literal(std::string_view name) {
    if (!text_.substr(at_).starts_with(name)) return false;
    at_ += name.size();
    return true;
  }

  void word_or_number(Node& node) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const auto special = [&](double number, std::string_view text) {
      node.kind = NodeKind::kFloat, node.number = number, node.text = text;
    };
    if (literal("null")) {
      node.kind = NodeKind::kNull;
    } else if (literal("true")) {
      node.kind = NodeKind::kBoolean, node.boolean = true;
    } else if (literal("false")) {
      node.kind = NodeKind::kBoolean;
    } else if (literal("NaN")) {
      special(std::numeric_limits<double>::quiet_NaN(), "NaN");
    } else if (literal("Infinity")) {
      special(kInfinity, "Infinity");
    } else if (literal("-Infinity")) {
      special(-kInfinity, "-Infinity");
    } else {
      number(node);
    }
  }

  void digits() {
    while (is_json_digit(current())) ++at_;
  }

  void number(Node& node) {
    const auto begin = at_;
    if (current() == '-') ++at_;
    if (!is_json_digit(current())) {
      at_ = begin;
      return fail(value_expected());
    }
    if (current() == '0')
      ++at_;
    else
      digits();
    node.kind = NodeKind::kInteger;
    fraction(node);
    if (current() == kUnknownMark) return unknown(node);
    node.text = text_.substr(begin, at_ - begin);
    set_number(node);
  }

  void fraction(Node& node) {
    if (current() == '.' && at_ + 1 < text_.size() && is_json_digit(text_[at_ + 1])) {
      node.kind = NodeKind::kFloat;
      ++at_;
      digits();
    }
    if (current() != 'e' && current() != 'E') return;
    auto next = at_ + 1;
    if (next < text_.size() && (text_[next] == '+' || text_[next] == '-')) ++next;
    if (next >= text_.size() || !is_json_digit(text_[next])) return;
    node.kind = NodeKind::kFloat;
    at_ = next;
    digits();
  }

  static void set_number(Node& node) {
    const char* end = node.text.data() + node.text.size();
    node.number = std::strtod(node.text.c_str(), nullptr);
    if (node.is(NodeKind::kInteger) &&
        std::from_chars(node.text.data(), end, node.integer).ec == std::errc::result_out_of_range)
      node.integer = node.text[0] == '-' ? std::numeric_limits<std::int64_t>::min()
                                         : std::numeric_limits<std::int64_t>::max();
  }

  std::string value_expected() const {
    if (at_end()) return "a value is missing";
    if (current() == '\'') return "JSON wants double quotes, not single ones";
    if (is_json_digit(current()) || std::isalpha(static_cast<unsigned char>(current())) != 0)
      return "a text must stand in double quotes";
    return "a value expected";
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::expected<Node, SyntaxError> read_json(std::string_view text) {
  return JsonReader(text).read();
}

}  // namespace seatrial::awscli

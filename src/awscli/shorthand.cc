// See shorthand.h. Follows the CLI's parser step by step, because what it accepts by accident
// people have come to write: a value may hold '=' before the first comma but not after it, ']' and
// '}' may begin a value, an empty value is fine but a trailing comma is not. Source: the behaviour
// of AWS CLI 1.45.11 and 2.9.19 (tests/oracle/test_awscli.py compares).
#include "awscli/shorthand.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatrial::awscli {
namespace {

bool is_shorthand_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_key_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-_.#/:").contains(c) || c == kUnknownMark;
}

// The three classes of characters that an unquoted value is made of. Beyond U+FFFF (four bytes of
// UTF-8) is in none of them.
enum class Class { kStart, kFirst, kSecond };

bool in_class(char c, Class which) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return byte < 0xF0;
  if (c == kUnknownMark) return true;
  if (is_shorthand_blank(c) || (byte >= 0x1C && byte <= 0x1F)) return which != Class::kStart;
  if (byte < 0x20 || c == '"' || c == '\'' || c == ',') return false;
  switch (which) {
    case Class::kStart:
      return c != '=' && c != '[' && c != '{';
    case Class::kFirst:
      return c != ']' && c != '}';
    case Class::kSecond:
      return c != '=';
  }
  return false;
}

class ShorthandReader {
 public:
  ShorthandReader(std::string_view text, Cli cli) : text_(text), cli_(cli) {}

  std::expected<Node, SyntaxError> read() {
    Node root = parameter();
    if (!error_) return root;
    const bool mark_before = text_.substr(0, error_->at + 1).contains(kUnknownMark);
    error_->unsure = error_->unsure || mark_before;
    return std::unexpected(std::move(*error_));
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  bool at(char c) const { return !at_end() && text_[at_] == c; }

  void fail(std::size_t where, std::string message) {
    if (!error_) error_ = SyntaxError{std::min(where, text_.size()), std::move(message), false};
  }

  void skip_blanks() {
    while (!at_end() && is_shorthand_blank(text_[at_])) ++at_;
  }

  bool expect(char c, bool blanks) {
    if (blanks) skip_blanks();
    if (!at(c)) {
      fail(at_, at_end() ? fmt::format("'{}' is missing at the end", c)
                         : fmt::format("'{}' expected here", c));
      return false;
    }
    ++at_;
    if (blanks) skip_blanks();
    return true;
  }

  Node parameter() {
    Node map;
    map.kind = NodeKind::kMap;
    key_and_value(map);
    while (!error_ && !at_end()) {
      if (!expect(',', true)) break;
      key_and_value(map);
    }
    map.end = text_.size();
    return map;
  }

  NodeKey key() {
    NodeKey out{"", at_, 0};
    while (!at_end() && is_key_char(text_[at_])) ++at_;
    out.end = at_;
    out.text = text_.substr(out.begin, at_ - out.begin);
    return out;
  }

  // "=" or "@=" after a key; false on an error. `from_file`: of the second kind.
  bool equals(bool& from_file) {
    skip_blanks();
    from_file = at('@');
    if (from_file) {
      ++at_;
      skip_blanks();
    }
    return expect('=', true);
  }

  void key_and_value(Node& map) {
    NodeKey name = key();
    bool from_file = false;
    if (!equals(from_file)) return;
    Node value = values(0);
    if (error_) return;
    if (map.find(name.text) != nullptr) {
      fail(name.begin, fmt::format("'{}' is given twice; structures of a list are separated by "
                                   "blanks, not commas",
                                   name.text));
      return;
    }
    add(map, std::move(name), std::move(value), from_file);
  }

  static void add(Node& map, NodeKey name, Node value, bool from_file) {
    if (from_file && value.is(NodeKind::kText) &&
        (value.text.starts_with("file://") || value.text.starts_with("fileb://")))
      value.kind = NodeKind::kUnknown;
    if (name.text.contains(kUnknownMark)) {
      map.open = true;
      return;
    }
    set_member(map, std::move(name), std::move(value));
  }

  bool too_deep(int depth) {
    if (depth <= kMaxNodeDepth) return false;
    fail(at_, "nested too deep");
    error_->unsure = true;
    return true;
  }

  Node values(int depth) {
    if (at_end()) return text_node("", at_, at_);
    if (at('[')) return list(depth);
    if (at('{')) return map(depth);
    return comma_values();
  }

  Node nested_value(int depth) {
    if (at('[')) return list(depth);
    if (at('{')) return map(depth);
    return first_value();
  }

  Node list(int depth) {
    Node out;
    out.begin = at_;
    if (too_deep(depth)) return out;
    out.kind = NodeKind::kList;
    expect('[', true);
    while (!error_ && !at(']')) {
      out.items.push_back(nested_value(depth + 1));
      separator(']');
    }
    if (!error_) expect(']', false);
    out.end = at_;
    return out;
  }

  // After an item of a list or map: its end or a comma.
  void separator(char close) {
    if (error_) return;
    skip_blanks();
    if (at(close)) return;
    if (!at(',')) {
      return fail(at_, at_end() ? fmt::format("'{}' is missing at the end", close)
                                : fmt::format("',' or '{}' expected here", close));
    }
    ++at_;
    skip_blanks();
  }

  Node map(int depth) {
    Node out;
    out.begin = at_;
    if (too_deep(depth)) return out;
    out.kind = NodeKind::kMap;
    expect('{', true);
    while (!error_ && !at('}')) {
      NodeKey name = key();
      bool from_file = false;
      if (!equals(from_file)) break;
      Node value = nested_value(depth + 1);
      separator('}');
      if (!error_) add(out, std::move(name), std::move(value), from_file);
    }
    if (!error_) expect('}', false);
    out.end = at_;
    return out;
  }

  // a   a,b   and a,b,key=... where the last comma belongs to the key.
  Node comma_values() {
    Node first = first_value();
    if (error_) return first;
    skip_blanks();
    if (!at(',')) return first;
    expect(',', true);
    Node out;
    out.kind = NodeKind::kList;
    out.begin = first.begin;
    out.items.push_back(std::move(first));
    while (next_of_list(out)) {
    }
    out.end = out.items.back().end;
    if (out.items.size() > 1) return out;
    return std::move(out.items.front());
  }

  // False when the list is over: at the end of the text, at an error, or back at the comma before
  // a key.
  bool next_of_list(Node& out) {
    Node value;
    bool taken = second_value(value);
    if (taken) {
      skip_blanks();
      if (at_end()) {
        out.items.push_back(std::move(value));
        return false;
      }
      taken = at(',');
    }
    if (!taken) {
      if (at_end()) {
        fail(at_, "a value is missing after the last comma");
        return false;
      }
      while (at_ > 0 && text_[at_] != ',') --at_;
      return false;
    }
    expect(',', true);
    out.items.push_back(std::move(value));
    return true;
  }

  Node first_value() {
    if (at('\'') || at('"')) {
      Node node;
      if (!quoted(node)) fail(at_, "this quote is not closed");
      return node;
    }
    const auto begin = at_;
    run(Class::kFirst);
    return unquoted(begin);
  }

  bool second_value(Node& node) {
    if (at('\'') || at('"')) return quoted(node);
    const auto begin = at_;
    if (!run(Class::kSecond)) return false;
    node = unquoted(begin);
    return true;
  }

  bool escaped_comma() const { return text_.substr(at_).starts_with("\\,"); }

  // Takes characters of a value; false when there is none.
  bool run(Class follow) {
    if (at_end() || !(escaped_comma() || in_class(text_[at_], Class::kStart))) return false;
    at_ += escaped_comma() ? 2 : 1;
    while (!at_end() && (escaped_comma() || in_class(text_[at_], follow)))
      at_ += escaped_comma() ? 2 : 1;
    return true;
  }

  Node unquoted(std::size_t begin) const {
    const auto raw = text_.substr(begin, at_ - begin);
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i)
      if (raw[i] != '\\' || i + 1 >= raw.size() || raw[i + 1] != ',') out += raw[i];
    auto end = at_;
    while (!out.empty() && is_shorthand_blank(out.back())) out.pop_back(), --end;
    return text_node(std::move(out), begin, end);
  }

  // Version 1 does not know that a backslash may itself be escaped.
  std::size_t closing_quote(char quote) const {
    std::size_t last_escaped = std::string_view::npos;
    for (auto i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) return i;
      if (text_[i] != '\\' || i + 1 >= text_.size()) continue;
      if (text_[i + 1] == quote)
        last_escaped = ++i;
      else if (text_[i + 1] == '\\' && cli_ == Cli::kV2)
        ++i;
    }
    return last_escaped;
  }

  bool quoted(Node& node) {
    const auto begin = at_;
    const char quote = text_[begin];
    const auto close = closing_quote(quote);
    if (close == std::string_view::npos) return false;
    at_ = close + 1;
    std::string inner(text_.substr(begin + 1, close - begin - 1));
    replace_all(inner, std::string{'\\', quote}, quote);
    replace_all(inner, "\\\\", '\\');
    node = text_node(std::move(inner), begin, at_);
    return true;
  }

  static void replace_all(std::string& text, std::string_view from, char to) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool found = text.compare(i, from.size(), from) == 0;
      out += found ? to : text[i];
      if (found) i += from.size() - 1;
    }
    text = std::move(out);
  }

  std::string_view text_;
  Cli cli_;
  std::size_t at_ = 0;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::expected<Node, SyntaxError> read_shorthand(std::string_view text, Cli cli) {
  return ShorthandReader(text, cli).read();
}

}  // namespace seatrial::awscli

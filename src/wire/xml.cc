#include "wire/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "wire/text.h"

namespace seatrial::wire {
namespace {

bool name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

void append_code_point(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// "amp", "#38", "#x26" without '&' and ';'.
bool append_entity(std::string_view entity, std::string& out) {
  if (entity == "amp")
    out += '&';
  else if (entity == "lt")
    out += '<';
  else if (entity == "gt")
    out += '>';
  else if (entity == "quot")
    out += '"';
  else if (entity == "apos")
    out += '\'';
  else if (entity.starts_with('#')) {
    entity.remove_prefix(1);
    const int base = entity.starts_with('x') ? 16 : 10;
    if (base == 16) entity.remove_prefix(1);
    std::uint32_t code = 0;
    const auto [end, error] =
        std::from_chars(entity.data(), entity.data() + entity.size(), code, base);
    if (entity.empty() || error != std::errc{} || end != entity.data() + entity.size())
      return false;
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    append_code_point(code, out);
  } else {
    return false;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool document(XmlElement& root) {
    skip_prolog();
    return element(root, 0) && (skip_prolog(), rest_.empty());
  }

 private:
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  bool skip_past(std::string_view token) {
    const auto at = rest_.find(token);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + token.size());
    return true;
  }
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  // White space, comments and processing instructions; stops before anything else.
  void skip_prolog() {
    take("\xEF\xBB\xBF");
    for (;;) {
      skip_space();
      if (rest_.starts_with("<?")) {
        if (!skip_past("?>")) return;
      } else if (rest_.starts_with("<!--")) {
        if (!skip_past("-->")) return;
      } else {
        return;
      }
    }
  }

  std::string_view name() {
    std::size_t length = 0;
    while (length < rest_.size() && name_char(rest_[length])) ++length;
    const std::string_view out = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return out;
  }

  bool characters(std::string_view raw, std::string& out) {
    while (!raw.empty()) {
      const auto ampersand = std::min(raw.find('&'), raw.size());
      out.append(raw.substr(0, ampersand));
      raw.remove_prefix(ampersand);
      if (raw.empty()) break;
      const auto end = raw.find(';');
      if (end == std::string_view::npos || !append_entity(raw.substr(1, end - 1), out))
        return false;
      raw.remove_prefix(end + 1);
    }
    return true;
  }

  bool attributes(XmlElement& element) {
    for (;;) {
      skip_space();
      if (rest_.starts_with('>') || rest_.starts_with("/>")) return true;
      const std::string_view key = name();
      skip_space();
      if (key.empty() || !take("=")) return false;
      skip_space();
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return false;
      const char quote = rest_.front();
      const auto end = rest_.find(quote, 1);
      if (end == std::string_view::npos) return false;
      element.attributes.emplace_back(std::string(key), std::string{});
      if (!characters(rest_.substr(1, end - 1), element.attributes.back().second)) return false;
      rest_.remove_prefix(end + 1);
    }
  }

  bool element(XmlElement& out, int depth) {
    if (depth >= kMaxXmlDepth || ++elements_ > kMaxXmlElements || !take("<")) return false;
    const std::string_view full = name();
    if (full.empty()) return false;
    out.name = full.substr(full.find(':') == std::string_view::npos ? 0 : full.find(':') + 1);
    if (!attributes(out)) return false;
    if (take("/>")) return true;
    if (!take(">") || !content(out, depth)) return false;
    if (!take("</") || name() != full) return false;
    skip_space();
    return take(">");
  }

  bool content(XmlElement& out, int depth) {
    for (;;) {
      const auto mark = rest_.find('<');
      if (mark == std::string_view::npos || !characters(rest_.substr(0, mark), out.text))
        return false;
      rest_.remove_prefix(mark);
      if (rest_.starts_with("</")) return true;
      if (take("<![CDATA[")) {
        const auto end = rest_.find("]]>");
        if (end == std::string_view::npos) return false;
        out.text.append(rest_.substr(0, end));
        rest_.remove_prefix(end + 3);
      } else if (rest_.starts_with("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (rest_.starts_with("<?")) {
        if (!skip_past("?>")) return false;
      } else if (!element(out.children.emplace_back(), depth + 1)) {
        return false;
      }
    }
  }

  std::string_view rest_;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  for (const XmlElement& element : children) {
    if (element.name == child_name) return &element;
  }
  return nullptr;
}

std::optional<XmlElement> parse_xml(std::string_view text) {
  XmlElement root;
  if (!valid_utf8(text) || !Reader(text).document(root)) return std::nullopt;
  return root;
}

namespace {

// What XML writes as it is.
std::size_t plain_xml_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x20 && text[at] != '&' &&
         text[at] != '<' && text[at] != '>' && text[at] != '"')
    ++at;
  return at;
}

}  // namespace

void append_xml_tag(std::string_view opening, std::string_view name, std::string& out) {
  ((out += opening) += name) += '>';
}

void append_xml_text(std::string_view text, std::string& out) {
  for (auto plain = plain_xml_length(text);; plain = plain_xml_length(text)) {
    out += text.substr(0, plain);
    if (plain == text.size()) return;
    const char c = text[plain];
    text.remove_prefix(plain + 1);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#xD;";
        break;
      case '\t':
      case '\n':
        out += c;
        break;
      default:
        out += "\xEF\xBF\xBD";  // XML 1.0 cannot carry other control characters at all
    }
  }
}

void append_xml_element(std::string_view name, std::string_view text, std::string& out) {
  append_xml_tag("<", name, out);
  append_xml_text(text, out);
  append_xml_tag("</", name, out);
}

}  // namespace seatrial::wire

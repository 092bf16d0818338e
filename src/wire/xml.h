// A small XML reader and writer: elements, attributes, text, CDATA, entities, comments. No DTDs
// (refused), namespaces by stripping prefixes. A library was rejected: libxml2 does far more than
// a server should do with a stranger's bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatrial::wire {

constexpr std::size_t kMaxXmlElements = 1 << 20;
constexpr int kMaxXmlDepth = 64;

struct XmlElement {
  std::string name;                                             // without its prefix
  std::string text;                                             // its character data, concatenated
  std::vector<std::pair<std::string, std::string>> attributes;  // names with their prefixes
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view child_name) const;
};

// The document's root, or empty when the text is not well-formed or over a limit.
std::optional<XmlElement> parse_xml(std::string_view text);

void append_xml_text(std::string_view text, std::string& out);  // escaped, also for attributes
// "<" or "</", the name, ">"
void append_xml_tag(std::string_view opening, std::string_view name, std::string& out);
// <name>text</name>
void append_xml_element(std::string_view name, std::string_view text, std::string& out);

}  // namespace seatrial::wire

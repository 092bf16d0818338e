// A link leads to a heading that the document does not have, or to a file that is not there.
// docs/rules/broken-link.md
//
// Certain for the anchors GitHub makes; an anchor that another renderer would make of a heading
// (dashes run together) is left alone. Files only where somebody says which there are.
#include <algorithm>

#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// "%20" and the like; what is no such code stays.
std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool code =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    out += code ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (code) i += 2;
  }
  return out;
}

// As renderers differ in it: lower case, single dashes, none at the ends.
std::string plain_anchor(std::string_view anchor) {
  std::string out;
  for (char c : lower(anchor))
    if (c != '-' || (!out.empty() && out.back() != '-')) out += c;
  while (out.ends_with('-')) out.pop_back();
  return out;
}

bool has_anchor(const Document& document, std::string_view anchor) {
  const auto plain = plain_anchor(anchor);
  if (plain.empty() || plain == "top" || plain.starts_with("fn")) return true;
  return std::ranges::any_of(document.headings,
                             [&](const Heading& h) { return plain_anchor(h.slug) == plain; }) ||
         std::ranges::any_of(document.anchors,
                             [&](const std::string& a) { return plain_anchor(a) == plain; });
}

std::string nearest_anchor(const Document& document, std::string_view anchor) {
  std::string best;
  std::size_t distance = anchor.size() / 3 + 1;
  for (const auto& heading : document.headings) {
    const auto d = edit_distance(lower(anchor), heading.slug);
    if (d < distance) best = "#" + heading.slug, distance = d;
  }
  return best;
}

// "https:", "mailto:", "//host".
bool leads_elsewhere(std::string_view target) {
  if (target.starts_with("//")) return true;
  const auto colon = target.find(':');
  return colon != std::string_view::npos && colon < target.find_first_of("/#?");
}

void report_link(const Link& link, Note note, Reports& reports) {
  const auto begin = static_cast<std::size_t>(link.column);
  reports.at_line(link.line, begin, begin + static_cast<std::size_t>(link.length), std::move(note));
}

void look_at(const Link& link, const Analysis& analysis, Reports& reports) {
  const std::string_view target = link.target;
  if (target.empty() || leads_elsewhere(target)) return;
  if (target.starts_with('#')) {
    const auto anchor = percent_decoded(target.substr(1));
    if (!has_anchor(analysis.document(), anchor))
      report_link(link,
                  {"no heading of this document has the anchor " + std::string(target),
                   nearest_anchor(analysis.document(), anchor)},
                  reports);
    return;
  }
  // A path from the root of a site or repository: where that is, nobody knows here.
  const auto path = percent_decoded(target.substr(0, target.find_first_of("#?")));
  if (!analysis.surroundings().has_file || path.empty() || path.starts_with('/')) return;
  if (!analysis.surroundings().has_file(path))
    report_link(link, {"there is no file " + path + " beside this document", {}}, reports);
}

void check_broken_link(const Analysis& analysis, Reports& reports) {
  for (const auto& link : analysis.document().links) look_at(link, analysis, reports);
}

}  // namespace

const Rule kBrokenLink{"broken-link", Severity::kWarning,
                       "a link to a heading or a file that is not there", check_broken_link};

}  // namespace seatrial::runbook::check

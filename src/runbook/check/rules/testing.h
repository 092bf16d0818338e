// For the tests of rules: a document checked for one rule, findings as short text.
#pragma once
#include <string>
#include <vector>

#include "runbook/check/checker.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check::testing {

struct Setting {
  awscli::Cli cli = awscli::Cli::kV2;
  Surroundings surroundings = {};
  std::string path = "book.md";
};

// The findings of one rule ("" = of all).
inline std::vector<Finding> check(std::string_view rule, std::string_view markdown,
                                  const Setting& setting = {}) {
  Document document;
  document.path = setting.path;
  parse_document(markdown, document);
  const awscli::Grammar grammar(setting.cli);
  if (rule.empty()) return check_document(document, grammar, setting.surroundings, all_rules());
  const Rule* one = find_rule(rule);
  if (one == nullptr) throw std::invalid_argument("no rule " + std::string(rule));
  return check_document(document, grammar, setting.surroundings, std::span(&one, 1));
}

// "LINE:COLUMN rule" of each, with " severity" where it is no error.
inline std::vector<std::string> places(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const auto& f : findings)
    out.push_back(fmt::format(
        "{}:{} {}{}", f.line, f.column, f.rule,
        f.severity == Severity::kError ? "" : " " + std::string(severity_name(f.severity))));
  return out;
}

// The bytes a finding is about, on its first line.
inline std::string marked(const Finding& finding, std::string_view markdown) {
  for (int line = 1; line < finding.line; ++line) markdown.remove_prefix(markdown.find('\n') + 1);
  const auto text = markdown.substr(0, markdown.find('\n'));
  const auto begin = static_cast<std::size_t>(finding.column - 1);
  return std::string(
      finding.end_line == finding.line
          ? text.substr(begin, static_cast<std::size_t>(finding.end_column) - 1 - begin)
          : text.substr(begin));
}

// "LINE:COLUMN part" of each finding in a block of shell text, " (info)" behind what is no more;
// the text begins on line 2.
inline std::vector<std::string> found_in_shell(std::string_view rule, std::string_view shell,
                                               const Setting& setting = {}) {
  const std::string markdown = "```bash\n" + std::string(shell) + "\n```\n";
  std::vector<std::string> out;
  for (const auto& finding : check(rule, markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}{}", finding.line, finding.column, marked(finding, markdown),
                              finding.severity == Severity::kInfo ? " (info)" : ""));
  }
  return out;
}

}  // namespace seatrial::runbook::check::testing

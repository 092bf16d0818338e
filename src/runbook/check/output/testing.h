// For the tests of formats: findings made by hand.
#pragma once
#include "runbook/check/output/fingerprints.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/output/rule_pages.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check::testing {

// Of the bytes that `marked` has in the document's `line` (1-based).
inline Finding finding_at(const Document& document, int line, std::string_view marked,
                          std::string rule = "unknown-option",
                          Severity severity = Severity::kError) {
  const auto text = document.lines.at(static_cast<std::size_t>(line - 1));
  const auto at = text.find(marked);
  Finding finding;
  finding.file = document.path;
  finding.line = finding.end_line = line;
  finding.column = static_cast<int>(at) + 1;
  finding.end_column = finding.column + static_cast<int>(marked.size());
  finding.rule = std::move(rule);
  finding.severity = severity;
  finding.message = "about '" + std::string(marked) + "'";
  return finding;
}

inline Report report_of(const Document& document, std::vector<Finding> findings) {
  Report report{document, document.path, document.path, std::move(findings), {}};
  report.fingerprints = fingerprints(report.findings, document);
  return report;
}

inline FormatSettings settings() { return {false, 120, Severity::kError, all_rules(), rule_page}; }

}  // namespace seatrial::runbook::check::testing

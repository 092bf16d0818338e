// The forms in which findings are given out. Pure: what a format returns is printed as it comes.
//
// Problem: a thousand documents may have a hundred thousand findings, and memory is limited.
// Choice: each format writes document by document and keeps nothing of the last one.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runbook/check/rule.h"
#include "runbook/document.h"

namespace seatrial::runbook::check {

// What was found in one document.
struct Report {
  const Document& document;
  std::string name;             // as it was given
  std::string repository_path;  // from the repository's root, else as the name
  std::vector<Finding> findings;
  std::vector<std::string> fingerprints;  // of each (fingerprints.h)
};

struct Totals {
  std::size_t files = 0;
  std::size_t unreadable = 0;
  std::size_t errors = 0, warnings = 0, infos = 0;
  std::size_t suppressed = 0;  // by comments
  std::size_t baselined = 0;   // known to the baseline
  std::size_t left_out = 0;    // beyond a rule's limit
  std::size_t fixable = 0;
  std::size_t findings() const { return errors + warnings + infos; }
};

struct FormatSettings {
  bool colour = false;
  std::size_t width = 120;          // columns of a line of text
  std::optional<Severity> fail_on;  // what fails a check; empty: nothing
  std::span<const Rule* const> rules;
  std::function<std::string_view(std::string_view id)> page;  // a rule's page, Markdown
};

class Format {
 public:
  virtual ~Format() = default;
  virtual std::string begin() { return {}; }
  virtual std::string document(const Report& report) = 0;
  virtual std::string unreadable(const std::string& name, const std::string& why) {
    (void)name, (void)why;
    return {};
  }
  virtual std::string end(const Totals& totals) = 0;
};

// "path:line:column: severity: message [rule]", the line with a caret, the suggestion; a summary.
std::unique_ptr<Format> text_format(const FormatSettings& settings);
// {"findings": [...], "unreadable": [...], "summary": {...}}; columns count characters.
std::unique_ptr<Format> json_format();
// SARIF 2.1.0 as code scanning takes it; columns count UTF-16 units.
std::unique_ptr<Format> sarif_format(const FormatSettings& settings);
// A suite for each document; findings that fail the check are failures.
std::unique_ptr<Format> junit_format(const FormatSettings& settings);

// "3 errors, 1 warning in 2 files (1 suppressed)".
std::string summary(const Totals& totals);

}  // namespace seatrial::runbook::check

// The whole checker on documents from anywhere: every rule, every format, and the mends. Input: a
// script when it begins with "#!", else Markdown.
#include <cstdint>

#include "base/check.h"
#include "base/value.h"
#include "runbook/check/checker.h"
#include "runbook/check/output/fix.h"
#include "runbook/check/output/testing.h"

namespace {

using namespace seatrial::runbook;
using namespace seatrial::runbook::check;

std::vector<Finding> findings_of(std::string_view text, Document& document) {
  static const seatrial::awscli::Grammar grammar(seatrial::awscli::Cli::kV2);
  static const Surroundings around{
      .has_file = [](std::string_view path) { return path.size() % 2 == 0; },
      .programs = {"aws", "jq", "bash"}};
  document.path = "book.md";
  text.starts_with("#!") ? parse_script(text, "bash", document) : parse_document(text, document);
  return check_and_suppress(document, grammar, around, all_rules()).findings;
}

void check_finding(const Finding& finding, const Document& document) {
  const auto lines = static_cast<int>(document.lines.size());
  ST_CHECK(finding.line >= 1 && finding.line <= std::max(lines, 1), "a line that is not there");
  ST_CHECK(finding.end_line >= finding.line && finding.column >= 1, "a place that is none");
  ST_CHECK(!finding.message.empty() && find_rule(finding.rule), "says nothing");
  for (const auto& edit : finding.fix)
    ST_CHECK(edit.begin <= edit.end && edit.end <= document.source.size(), "mends elsewhere");
}

std::string written(std::unique_ptr<Format> format, const Report& report) {
  auto out = format->begin();
  out += format->document(report);
  return out + format->end({});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Document document;
  const auto findings = findings_of(text, document);
  for (const auto& finding : findings) check_finding(finding, document);
  const auto report = check::testing::report_of(document, findings);
  const auto settings = check::testing::settings();
  (void)written(text_format(settings), report);
  (void)written(junit_format(settings), report);
  ST_CHECK(seatrial::parse_json(written(json_format(), report)), "no JSON");
  if (findings.empty()) return 0;
  ST_CHECK(seatrial::parse_json(written(sarif_format(settings), report)), "no SARIF");
  (void)mend(text, [](std::string_view bytes) {
    Document again;
    return findings_of(bytes, again);
  });
  return 0;
}

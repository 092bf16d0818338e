// Findings as JUnit XML: a suite for each document, a case for each finding; a document without
// findings is one case that passed.
#include <algorithm>

#include "runbook/check/output/columns.h"
#include "runbook/check/output/formats.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

class Junit : public Format {
 public:
  explicit Junit(const FormatSettings& settings) : settings_(settings) {}

  std::string begin() override {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"seatrial check\">\n";
  }

  std::string document(const Report& report) override {
    const auto failures =
        std::ranges::count_if(report.findings, [&](const Finding& f) { return fails(f); });
    auto out = fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
        xml_text(report.name), std::max<std::size_t>(report.findings.size(), 1), failures);
    Columns columns(report.document);
    for (const auto& finding : report.findings) out += test_case(report, finding, columns);
    if (report.findings.empty())
      out += fmt::format("    <testcase classname=\"{}\" name=\"nothing found\"/>\n",
                         xml_text(report.name));
    return out + "  </testsuite>\n";
  }

  std::string unreadable(const std::string& name, const std::string& why) override {
    return fmt::format(
        "  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
        "    <testcase classname=\"{0}\" name=\"can be read\">\n"
        "      <error type=\"unreadable\" message=\"{1}\"/>\n    </testcase>\n  </testsuite>\n",
        xml_text(name), xml_text(why));
  }

  std::string end(const Totals&) override { return "</testsuites>\n"; }

 private:
  bool fails(const Finding& finding) const {
    return settings_.fail_on && finding.severity >= *settings_.fail_on;
  }

  std::string test_case(const Report& report, const Finding& finding, Columns& columns) const {
    const auto column =
        columns.at(finding.line, static_cast<std::size_t>(finding.column - 1)).characters + 1;
    const auto place = fmt::format("{}:{}:{}", report.name, finding.line, column);
    auto detail =
        fmt::format("{}: {}: {}", place, severity_name(finding.severity), finding.message);
    if (!finding.suggestion.empty()) detail += "\nhelp: " + finding.suggestion;
    const auto inside =
        fails(finding)
            ? fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>",
                          xml_text(finding.rule), xml_text(finding.message), xml_text(detail))
            : fmt::format("<system-out>{}</system-out>", xml_text(detail));
    return fmt::format(
        "    <testcase classname=\"{}\" name=\"{}:{} {}\" file=\"{}\" line=\"{}\">\n      {}\n"
        "    </testcase>\n",
        xml_text(report.name), finding.line, column, xml_text(finding.rule), xml_text(report.name),
        finding.line, inside);
  }

  FormatSettings settings_;
};

}  // namespace

std::unique_ptr<Format> junit_format(const FormatSettings& settings) {
  return std::make_unique<Junit>(settings);
}

}  // namespace seatrial::runbook::check

// Findings as SARIF 2.1.0, as GitHub's code scanning and editors take it.
//
// Code scanning wants paths relative to the repository's root, a help text for each rule, and a
// fingerprint that survives shifted lines (`primaryLocationLineHash`, the only one it reads).
#include "base/value.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/output/places.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string_view level_of(Severity severity) {
  return severity == Severity::kInfo ? "note" : severity_name(severity);
}

std::string_view problem_severity(Severity severity) {
  return severity == Severity::kInfo ? "recommendation" : severity_name(severity);
}

// A path as a URI reference: absolute ones as file:, all else relative.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  while (path.starts_with("./")) path.remove_prefix(2);
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~/").contains(c))
      out += c;
    else
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

Value location_of(const std::string& path) {
  Object location{{"uri", uri_of(path)}};
  if (!path.starts_with('/')) location["uriBaseId"] = "%SRCROOT%";
  return location;
}

Value sarif_region(const Region& region) {
  return Object{{"startLine", region.line},
                {"startColumn", region.column},
                {"endLine", region.end_line},
                {"endColumn", region.end_column}};
}

class Sarif : public Format {
 public:
  explicit Sarif(const FormatSettings& settings) : settings_(settings) {}

  std::string begin() override {
    Array rules;
    for (const Rule* rule : settings_.rules) rules.push_back(rule_json(*rule));
    const Object driver{{"name", "seatrial"},
                        {"version", SEATRIAL_VERSION},
                        {"semanticVersion", SEATRIAL_VERSION},
                        {"rules", std::move(rules)}};
    return fmt::format(
        "{{\"$schema\": \"{}\",\n\"version\": \"2.1.0\",\n\"runs\": [{{\"tool\": {{\"driver\": "
        "{}}},\n\"columnKind\": \"utf16CodeUnits\",\n\"results\": [",
        kSchema, to_json(driver));
  }

  std::string document(const Report& report) override {
    Columns columns(report.document);
    std::string out;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
      out += std::exchange(first_, false) ? "\n" : ",\n";
      out += to_json(result_json(report, i, columns));
    }
    return out;
  }

  std::string unreadable(const std::string& name, const std::string& why) override {
    notifications_.push_back(Object{
        {"level", "error"},
        {"message", Object{{"text", why}}},
        {"locations",
         Array{Object{{"physicalLocation", Object{{"artifactLocation", location_of(name)}}}}}}});
    return {};
  }

  std::string end(const Totals&) override {
    Object invocation{{"executionSuccessful", notifications_.empty()}};
    if (!notifications_.empty()) invocation["toolExecutionNotifications"] = notifications_;
    return fmt::format("],\n\"invocations\": [{}]}}]}}\n", to_json(invocation));
  }

 private:
  Value rule_json(const Rule& rule) const {
    const auto page = settings_.page(rule.id);
    return Object{{"id", rule.id},
                  {"shortDescription", Object{{"text", rule.summary}}},
                  {"fullDescription", Object{{"text", rule.summary}}},
                  {"help", Object{{"text", page}, {"markdown", page}}},
                  {"defaultConfiguration", Object{{"level", level_of(rule.severity)}}},
                  {"properties", Object{{"tags", Array{"runbook"}},
                                        {"precision", "very-high"},
                                        {"problem.severity", problem_severity(rule.severity)}}}};
  }

  std::size_t index_of(const std::string& rule) const {
    const auto at = std::ranges::find(settings_.rules, rule, &Rule::id);
    return static_cast<std::size_t>(at - settings_.rules.begin());
  }

  Value result_json(const Report& report, std::size_t index, Columns& columns) const {
    const auto& finding = report.findings[index];
    auto text = finding.message;
    if (!finding.suggestion.empty()) text += "\nHelp: " + finding.suggestion;
    const Object place{{"artifactLocation", location_of(report.repository_path)},
                       {"region", sarif_region(region_of(finding, columns, Unit::kUtf16))}};
    Object result{
        {"ruleId", finding.rule},
        {"ruleIndex", index_of(finding.rule)},
        {"level", level_of(finding.severity)},
        {"message", Object{{"text", std::move(text)}}},
        {"locations", Array{Object{{"physicalLocation", place}}}},
        {"partialFingerprints", Object{{"primaryLocationLineHash", report.fingerprints[index]}}}};
    if (!finding.fix.empty()) result["fixes"] = Array{fix_json(report, finding)};
    return result;
  }

  static Value fix_json(const Report& report, const Finding& finding) {
    Array replacements;
    for (const auto& edit : finding.fix) {
      Columns columns(report.document);
      const auto region = region_of(edit, report.document, columns, Unit::kUtf16);
      replacements.push_back(Object{{"deletedRegion", sarif_region(region)},
                                    {"insertedContent", Object{{"text", edit.text}}}});
    }
    return Object{
        {"description", Object{{"text", "Write " + finding.suggestion}}},
        {"artifactChanges", Array{Object{{"artifactLocation", location_of(report.repository_path)},
                                         {"replacements", std::move(replacements)}}}}};
  }

  FormatSettings settings_;
  bool first_ = true;
  Array notifications_;
};

}  // namespace

std::unique_ptr<Format> sarif_format(const FormatSettings& settings) {
  return std::make_unique<Sarif>(settings);
}

}  // namespace seatrial::runbook::check

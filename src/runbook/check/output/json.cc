// Findings as JSON, for scripts: one finding a line.
#include "base/value.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/output/places.h"

namespace seatrial::runbook::check {
namespace {

Object region_json(const Region& region) {
  return {{"line", region.line},
          {"column", region.column},
          {"end_line", region.end_line},
          {"end_column", region.end_column}};
}

class Json : public Format {
 public:
  std::string begin() override { return "{\"findings\": ["; }

  std::string document(const Report& report) override {
    Columns columns(report.document);
    std::string out;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
      out += std::exchange(first_, false) ? "\n" : ",\n";
      out += to_json(finding_json(report, i, columns));
    }
    return out;
  }

  std::string unreadable(const std::string& name, const std::string& why) override {
    unreadable_.push_back(Object{{"file", name}, {"reason", why}});
    return {};
  }

  std::string end(const Totals& t) override {
    const Object summary{{"files", t.files},           {"errors", t.errors},
                         {"warnings", t.warnings},     {"infos", t.infos},
                         {"suppressed", t.suppressed}, {"baselined", t.baselined},
                         {"left_out", t.left_out}};
    return fmt::format("],\n\"unreadable\": {},\n\"summary\": {}}}\n", to_json(unreadable_),
                       to_json(summary));
  }

 private:
  static Value finding_json(const Report& report, std::size_t index, Columns& columns) {
    const auto& finding = report.findings[index];
    Object object{{"file", report.name}};
    for (auto& [key, value] : region_json(region_of(finding, columns, Unit::kCharacters)))
      object[key] = value;
    object["rule"] = finding.rule;
    object["severity"] = severity_name(finding.severity);
    object["message"] = finding.message;
    object["suggestion"] = finding.suggestion;
    object["fingerprint"] = report.fingerprints[index];
    Array fix;
    for (const auto& edit : finding.fix) {
      Columns own(report.document);
      auto at = region_json(region_of(edit, report.document, own, Unit::kCharacters));
      at["text"] = edit.text;
      fix.push_back(std::move(at));
    }
    object["fix"] = std::move(fix);
    return object;
  }

  bool first_ = true;
  Array unreadable_;
};

}  // namespace

std::unique_ptr<Format> json_format() { return std::make_unique<Json>(); }

}  // namespace seatrial::runbook::check

// Findings as JSON, for scripts.
#include "runbook/check/output/formats.h"

namespace seatrial::runbook::check {

Value findings_json(std::span<const Finding> findings) {
  Array list;
  for (const auto& finding : findings) {
    list.push_back(Object{{"file", finding.file},
                          {"line", finding.line},
                          {"column", finding.column},
                          {"end_line", finding.end_line},
                          {"end_column", finding.end_column},
                          {"rule", finding.rule},
                          {"severity", severity_name(finding.severity)},
                          {"message", finding.message},
                          {"suggestion", finding.suggestion}});
  }
  return Object{{"findings", std::move(list)}};
}

}  // namespace seatrial::runbook::check

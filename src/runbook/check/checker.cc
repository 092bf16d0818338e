// See checker.h.
#include "runbook/check/checker.h"

#include <algorithm>
#include <tuple>

namespace seatrial::runbook::check {

std::vector<Finding> check_document(const Document& document, const awscli::Grammar& grammar,
                                    const Surroundings& surroundings,
                                    std::span<const Rule* const> rules) {
  const Analysis analysis(document, grammar, surroundings);
  std::vector<Finding> findings;
  for (const Rule* rule : rules) {
    Reports reports(analysis, *rule);
    rule->look(analysis, reports);
    std::ranges::move(reports.take(), std::back_inserter(findings));
  }
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    return std::tuple(finding.line, finding.column, finding.rule);
  });
  return findings;
}

}  // namespace seatrial::runbook::check

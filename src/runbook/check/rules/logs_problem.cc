#include "runbook/check/rules/logs_problem.h"

namespace seatrial::runbook::check {

std::optional<Severity> severity_of(const logs::Problem& problem) {
  if (problem.certainty == logs::Certainty::kGuess) return std::nullopt;
  const bool certain = problem.refused() && problem.certainty == logs::Certainty::kCertain;
  return certain ? Severity::kError : Severity::kWarning;
}

}  // namespace seatrial::runbook::check

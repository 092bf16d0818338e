// The service has no such command, or none is named. docs/rules/unknown-operation.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  auto reports = problems_of(call, awscli::ProblemKind::kUnknownOperation);
  auto more = problems_of(call, awscli::ProblemKind::kUnknownWaiter);
  reports.insert(reports.end(), more.begin(), more.end());
  return reports;
}

}  // namespace

const Rule kUnknownOperation{"unknown-operation", "error", true, look};

}  // namespace seatrial::runbook::check

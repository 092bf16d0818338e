// The service has no such command, or none is named. docs/rules/unknown-operation.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_unknown_operation(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kUnknownOperation, true);
  report_problems(analysis, reports, awscli::ProblemKind::kUnknownWaiter, true);
}

}  // namespace

const Rule kUnknownOperation{"unknown-operation", Severity::kError,
                             "a command or waiter that the service does not have",
                             check_unknown_operation};

}  // namespace seatrial::runbook::check

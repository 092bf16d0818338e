// The first word after aws names no service that the CLI has. docs/rules/unknown-service.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_unknown_service(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kUnknownService, true);
}

}  // namespace

const Rule kUnknownService{"unknown-service", Severity::kError,
                           "a service that the AWS CLI does not have", check_unknown_service};

}  // namespace seatrial::runbook::check

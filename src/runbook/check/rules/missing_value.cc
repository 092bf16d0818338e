// An option stands without the value it needs. docs/rules/missing-value.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_missing_value(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kMissingValue);
}

}  // namespace

const Rule kMissingValue{"missing-value", Severity::kError, "an option without its value",
                         check_missing_value};

}  // namespace seatrial::runbook::check

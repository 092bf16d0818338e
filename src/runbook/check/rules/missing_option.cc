// The CLI refuses the command without this option. docs/rules/missing-option.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_missing_option(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kMissingOption);
}

}  // namespace

const Rule kMissingOption{"missing-option", Severity::kError,
                          "an option that the command cannot do without", check_missing_option};

}  // namespace seatrial::runbook::check

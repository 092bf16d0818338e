// The command has no such option, or takes no such argument. docs/rules/unknown-option.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_unknown_option(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kUnknownOption);
}

}  // namespace

const Rule kUnknownOption{"unknown-option", Severity::kError,
                          "an option that the command does not have", check_unknown_option};

}  // namespace seatrial::runbook::check

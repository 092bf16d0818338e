// An option is written as a unique prefix of its name. docs/rules/abbreviated-option.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_abbreviated_option(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kAbbreviation);
}

}  // namespace

const Rule kAbbreviatedOption{"abbreviated-option", Severity::kInfo,
                              "an option written as a prefix of its name",
                              check_abbreviated_option};

}  // namespace seatrial::runbook::check

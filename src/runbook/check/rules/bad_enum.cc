// A value is none of those the model (or the CLI) lists for the option. docs/rules/bad-enum.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_bad_enum(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kBadChoice);
  report_problems(analysis, reports, awscli::ProblemKind::kOpenChoice);
  report_problems(analysis, reports, awscli::ProblemKind::kJoinedList);
}

}  // namespace

const Rule kBadEnum{"bad-enum", Severity::kError, "a value that is none of those the option takes",
                    check_bad_enum};

}  // namespace seatrial::runbook::check

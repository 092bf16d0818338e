// Shorthand or JSON that the CLI cannot read, or with keys that are not there.
// docs/rules/bad-shorthand.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_bad_shorthand(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kBadShorthand);
}

}  // namespace

const Rule kBadShorthand{"bad-shorthand", Severity::kError,
                         "shorthand or JSON that the CLI cannot read, or with wrong keys",
                         check_bad_shorthand};

}  // namespace seatrial::runbook::check

// Two options stand together that the CLI or the service takes only one of.
// docs/rules/exclusive-options.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_exclusive_options(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kExclusive);
}

}  // namespace

const Rule kExclusiveOptions{"exclusive-options", Severity::kError,
                             "options that exclude each other", check_exclusive_options};

}  // namespace seatrial::runbook::check

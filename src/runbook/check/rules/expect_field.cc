// An expected output with a name that its command, with its --query, cannot print.
// docs/rules/expect-field.md
#include "runbook/check/expected/mismatch.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_expect_field(const Analysis& analysis, Reports& reports) {
  report_mismatches(analysis, reports, MismatchKind::kField);
}

}  // namespace

const Rule kExpectField{"expect-field", Severity::kError,
                        "an expected output with a name the command cannot print",
                        check_expect_field};

}  // namespace seatrial::runbook::check

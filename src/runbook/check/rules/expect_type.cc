// An expected output with a value of a type that its command cannot print.
// docs/rules/expect-type.md
#include "runbook/check/expected/mismatch.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_expect_type(const Analysis& analysis, Reports& reports) {
  report_mismatches(analysis, reports, MismatchKind::kType);
}

}  // namespace

const Rule kExpectType{"expect-type", Severity::kError,
                       "an expected output with a value of another type than printed",
                       check_expect_type};

}  // namespace seatrial::runbook::check

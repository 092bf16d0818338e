// An expected output with a value that the service's model does not list.
// docs/rules/expect-enum.md
#include "runbook/check/expected/mismatch.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_expect_enum(const Analysis& analysis, Reports& reports) {
  report_mismatches(analysis, reports, MismatchKind::kEnum);
}

}  // namespace

const Rule kExpectEnum{"expect-enum", Severity::kError,
                       "an expected output with a value the model does not list",
                       check_expect_enum};

}  // namespace seatrial::runbook::check

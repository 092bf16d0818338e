// An expected output in a form in which its command, with its --output, does not print.
// docs/rules/expect-form.md
#include "runbook/check/expected/mismatch.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_expect_form(const Analysis& analysis, Reports& reports) {
  report_mismatches(analysis, reports, MismatchKind::kForm);
}

}  // namespace

const Rule kExpectForm{"expect-form", Severity::kError,
                       "an expected output in another form than printed", check_expect_form};

}  // namespace seatrial::runbook::check

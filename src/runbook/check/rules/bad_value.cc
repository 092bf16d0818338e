// A value has the wrong type, range, length or form. docs/rules/bad-value.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void look(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kBadValue);
}

}  // namespace

const Rule kBadValue{"bad-value", Severity::kError, "a value of the wrong type, size or form",
                     look};

}  // namespace seatrial::runbook::check

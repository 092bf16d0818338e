// A name in a --query that the operation's output can never have: null, without a word.
// docs/rules/query-field.md
#include "runbook/check/query.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_query_field(const Analysis& analysis, Reports& reports) {
  report_query_problems(analysis, reports, jmespath::ProblemKind::kField);
}

}  // namespace

const Rule kQueryField{"query-field", Severity::kError,
                       "a name in a --query that the output has not", check_query_field};

}  // namespace seatrial::runbook::check

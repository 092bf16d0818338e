// An access, comparison or argument in a --query that can never fit: null, nothing or an error.
// docs/rules/query-type.md
#include "runbook/check/query.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_query_type(const Analysis& analysis, Reports& reports) {
  report_query_problems(analysis, reports, jmespath::ProblemKind::kType);
}

}  // namespace

const Rule kQueryType{"query-type", Severity::kError, "a --query whose types can never fit",
                      check_query_type};

}  // namespace seatrial::runbook::check

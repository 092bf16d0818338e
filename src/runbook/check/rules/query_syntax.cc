// A --query that the CLI cannot parse, or a function that JMESPath has not: it stops before or
// after the call with an error.
// docs/rules/query-syntax.md
#include "runbook/check/query.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_query_syntax(const Analysis& analysis, Reports& reports) {
  report_query_problems(analysis, reports, jmespath::ProblemKind::kSyntax);
}

}  // namespace

const Rule kQuerySyntax{"query-syntax", Severity::kError, "a --query that is no JMESPath",
                        check_query_syntax};

}  // namespace seatrial::runbook::check

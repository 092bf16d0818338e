// A comparison in a --query with a value that the service's model does not list. A warning, since
// services gain values that older models lack.
// docs/rules/query-enum.md
#include "runbook/check/query.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_query_enum(const Analysis& analysis, Reports& reports) {
  report_query_problems(analysis, reports, jmespath::ProblemKind::kEnumLiteral);
}

}  // namespace

const Rule kQueryEnum{"query-enum", Severity::kWarning,
                      "a --query compares with a value the model does not list", check_query_enum};

}  // namespace seatrial::runbook::check

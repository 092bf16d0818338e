// Nothing after a rollback looks whether the system is well again. docs/rules/rollback-unchecked.md
//
// A rollback is done when things are bad already; the old version may not start either.
#include "runbook/check/reading/effects.h"
#include "runbook/check/rules/outcome.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_rollback_unchecked(const Analysis& analysis, Reports& reports) {
  for (const auto& unseen : unseen_changes(Story(analysis)))
    if (unseen.rollback)
      reports.at_word(*unseen.begun, operation_word(*unseen.begun),
                      {"nothing after this rollback looks whether it helped",
                       "wait until the service is stable and ask its health endpoint"});
}

}  // namespace

const Rule kRollbackUnchecked{"rollback-unchecked", Severity::kWarning,
                              "a rollback without a health check after it",
                              check_rollback_unchecked};

}  // namespace seatrial::runbook::check

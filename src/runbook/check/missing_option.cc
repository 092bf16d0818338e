// The CLI refuses the command without this option. docs/rules/missing-option.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  return problems_of(call, awscli::ProblemKind::kMissingOption);
}

}  // namespace

const Rule kMissingOption{"missing-option", "error", false, look};

}  // namespace seatrial::runbook::check

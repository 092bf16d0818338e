// The command has no such option, or takes no such argument. docs/rules/unknown-option.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  return problems_of(call, awscli::ProblemKind::kUnknownOption);
}

}  // namespace

const Rule kUnknownOption{"unknown-option", "error", false, look};

}  // namespace seatrial::runbook::check

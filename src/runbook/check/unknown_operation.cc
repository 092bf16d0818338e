// The service has no such command, or none is named. docs/rules/unknown-operation.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  return problems_of(call, awscli::ProblemKind::kUnknownOperation);
}

}  // namespace

const Rule kUnknownOperation{"unknown-operation", "error", true, look};

}  // namespace seatrial::runbook::check

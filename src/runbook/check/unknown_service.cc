// The first word after aws names no service that the CLI has. docs/rules/unknown-service.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  return problems_of(call, awscli::ProblemKind::kUnknownService);
}

}  // namespace

const Rule kUnknownService{"unknown-service", "error", true, look};

}  // namespace seatrial::runbook::check

// An option stands without the value it needs. docs/rules/missing-value.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  return problems_of(call, awscli::ProblemKind::kMissingValue);
}

}  // namespace

const Rule kMissingValue{"missing-value", "error", false, look};

}  // namespace seatrial::runbook::check

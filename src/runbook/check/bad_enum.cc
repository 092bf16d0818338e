// A value is none of those the model (or the CLI) lists for the option. docs/rules/bad-enum.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  return problems_of(call, awscli::ProblemKind::kBadChoice);
}

}  // namespace

const Rule kBadEnum{"bad-enum", "error", false, look};

}  // namespace seatrial::runbook::check

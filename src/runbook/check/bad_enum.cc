// A value is none of those the model (or the CLI) lists for the option. docs/rules/bad-enum.md
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {
namespace {

std::vector<Report> look(const Call& call) {
  auto reports = problems_of(call, awscli::ProblemKind::kBadChoice);
  auto more = problems_of(call, awscli::ProblemKind::kOpenChoice);
  reports.insert(reports.end(), more.begin(), more.end());
  return reports;
}

}  // namespace

const Rule kBadEnum{"bad-enum", "error", false, look};

}  // namespace seatrial::runbook::check

// For the two rules about the languages of logs: a problem's weight as a finding's.
#pragma once
#include <optional>

#include "logs/problem.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// Nothing for what is only refused by Seatrial: AWS may well take it.
std::optional<Severity> severity_of(const logs::Problem& problem);

}  // namespace seatrial::runbook::check

// Checks a document against rules, without running anything. Pure.
//
// No false alarm is worth more than finding everything: values the shell makes up are never
// judged, and text that is no valid shell only for what is beyond doubt.
#pragma once
#include <span>
#include <vector>

#include "runbook/check/analysis.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// In the order of their places.
std::vector<Finding> check_document(const Document& document, const awscli::Grammar& grammar,
                                    const Surroundings& surroundings,
                                    std::span<const Rule* const> rules);

}  // namespace seatrial::runbook::check

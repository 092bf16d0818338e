// Checks a runbook's commands against the AWS CLI's grammar, without running anything. Pure.
//
// No false alarm is worth more than finding everything: values the shell makes up are never
// judged, and text that is no valid shell only for what is beyond doubt.
#pragma once
#include <string>
#include <vector>

#include "awscli/grammar.h"
#include "runbook/check/rule.h"
#include "runbook/document.h"

namespace seatrial::runbook::check {

// In the order of their places.
std::vector<Finding> check_document(const Document& document, const awscli::Grammar& grammar);

// "FILE:LINE:COLUMN: severity: message [rule]", the source line, a caret, the suggestion.
std::string finding_text(const Finding& finding, const Document& document);

}  // namespace seatrial::runbook::check

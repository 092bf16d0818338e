// Findings as text and JSON. Pure.
#pragma once
#include <span>
#include <string>

#include "base/value.h"
#include "runbook/check/rule.h"
#include "runbook/document.h"

namespace seatrial::runbook::check {

// "FILE:LINE:COLUMN: severity: message [rule]", the source line, a caret, the suggestion.
std::string finding_text(const Finding& finding, const Document& document);

// {"findings": [{file, line, column, end_line, end_column, rule, severity, message, suggestion}]}
Value findings_json(std::span<const Finding> findings);

}  // namespace seatrial::runbook::check

// What tells a finding from others while the document around it changes: its rule and the text it
// is about, not its line. For baselines and for code scanning. Pure.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "runbook/check/rule.h"
#include "runbook/document.h"

namespace seatrial::runbook::check {

// One for each finding: "HASH:N", N counting equal ones in the document from 1. The hash is of the
// rule, the words of the line and the marked text; blanks do not matter.
std::vector<std::string> fingerprints(std::span<const Finding> findings, const Document& document);

}  // namespace seatrial::runbook::check

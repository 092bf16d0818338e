// The order of `sort`. Source: CWL_QuerySyntax-Sort: what is no number comes before all numbers, in
// runs of digits (the shorter first, then by value) and of other characters (by code point).
#pragma once
#include "logs/run/value.h"

namespace seatrial::logs::run {

int natural_order(std::string_view a, std::string_view b);
// Ascending; what is absent comes first.
int sort_order(const Value& a, const Value& b, Arena& arena);

}  // namespace seatrial::logs::run

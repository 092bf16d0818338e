// Does what came back meet what the runbook shows?
//
// The rules, in the order they are applied to each value:
//   text       equal but for blanks, or of one kind (kinds.h): ids, times, ARNs, addresses,
//   versions number     equal, unless its key says port, time or duration; 2, 2.0 and "2" are equal
//   null       null, absent or, in a table, empty
//   object     each expected member matches; further members are welcome
//   list       as long as expected, elements match one to one in any order. A list whose expected
//              elements carry only identities that differ from run to run (ids, addresses) is a
//              sample: then each actual element matches one of them, and there is at least one
// A difference names its path: "[0].Running: expected 2, got 1". Pure.
#pragma once
#include <string>
#include <vector>

#include "base/value.h"
#include "runbook/output.h"
#include "runbook/plan.h"

namespace seatrial::runbook {

struct Comparison {
  bool met = false;
  std::vector<std::string> differences;  // at most kMaxDifferences
};

inline constexpr std::size_t kMaxDifferences = 20;
// Longer lists are compared in their order: matching in any order is quadratic.
inline constexpr std::size_t kMaxUnorderedList = 500;

Comparison compare_values(const Value& expected, const Value& actual);

// Against a whole output. HTTP statuses are looked for in status lines, or the bare code.
Comparison compare_output(const Expectation& expectation, std::string_view actual);

// True when the output is of a form that the expectation can be compared with at all.
bool is_comparable(const Expectation& expectation, std::string_view actual);

}  // namespace seatrial::runbook

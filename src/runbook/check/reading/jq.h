// The paths in a jq program, walked over the type of its input. Pure.
//
// Understood are paths (.a.b, ."a", ["a"], [0], [1:], [], ?), pipes, commas, select, map, and the
// functions that keep or measure their input; what else there is may give anything, and nothing
// behind it is judged. A path that jq would answer with null for every input of the type, or
// refuse, is a problem.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "jmespath/type.h"

namespace seatrial::runbook::check {

struct JqProblem {
  std::size_t begin = 0, end = 0;  // bytes of the program
  std::string message;
  std::string suggestion;  // for those bytes, or empty
};

inline constexpr int kMaxJqDepth = 50;

std::vector<JqProblem> jq_problems(std::string_view program, const jmespath::Type& input);

}  // namespace seatrial::runbook::check

// What only the other version of the AWS CLI has. Pure.
#pragma once
#include <string_view>

#include "awscli/grammar.h"
#include "awscli/parse.h"

namespace seatrial::awscli {

// For an unknown option (problem.option) of a path: changes the problem when the other version has
// it.
void look_in_other_version(const Grammar& grammar, std::string_view path, Problem& problem);
// For an unknown command `word` below `path`.
void look_in_other_version(const Grammar& grammar, std::string_view path, std::string_view word,
                           Problem& problem);

}  // namespace seatrial::awscli

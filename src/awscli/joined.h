// Several values joined by commas in one word of a list option ("--statistics Average,Maximum"):
// both CLI versions send the word as one value. Pure.
#pragma once
#include "awscli/values.h"

namespace seatrial::awscli {

// Notes the problem when the element surely cannot hold the comma: a listed value, a pattern
// without commas, ids and ARNs.
bool look_for_joined(const ValueContext& context, const Option& option, const model::Shape& element,
                     const Source& source);

}  // namespace seatrial::awscli

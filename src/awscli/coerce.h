// What the CLI makes of texts by the model before the model's own checks: numbers, booleans, a lone
// value where a list belongs. Shorthand gives texts only; so do plain words. Pure.
#pragma once
#include "awscli/node.h"
#include "awscli/values.h"

namespace seatrial::awscli {

// Changes the tree; what the CLI cannot convert is reported and becomes unknown.
void coerce(const ValueContext& context, const Option& option, const model::Shape& shape,
            Node& node);

}  // namespace seatrial::awscli

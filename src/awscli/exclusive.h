// Options that exclude each other. Pure.
#pragma once
#include "awscli/values.h"

namespace seatrial::awscli {

void judge_exclusive(const ValueContext& context);

}  // namespace seatrial::awscli

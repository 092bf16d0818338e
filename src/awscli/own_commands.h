// Argument checks of the CLI's own commands (s3, configure, cloudformation deploy, ...), as far as
// they need neither files nor the service. Pure.
#pragma once
#include "awscli/values.h"

namespace seatrial::awscli {

void judge_own_command(const ValueContext& context);

}  // namespace seatrial::awscli

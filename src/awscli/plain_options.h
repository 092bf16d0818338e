// Values of options that are no member of an operation's input: the CLI's own lists of choices,
// numbers, paging, global options. Pure.
#pragma once
#include "awscli/values.h"

namespace seatrial::awscli {

void judge_plain_option(const ValueContext& context, const Option& option, const Given& given);

}  // namespace seatrial::awscli

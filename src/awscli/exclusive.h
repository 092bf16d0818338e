// Options that exclude each other. Pure.
#pragma once
#include "awscli/values.h"

namespace seatrial::awscli {

// The option that switches the CLI's own paging off: --no-paginate, or one of the operation's
// tokens. Null when it is on or the operation has no pages.
const Given* paging_switched_off(const ValueContext& context);

void judge_exclusive(const ValueContext& context);

}  // namespace seatrial::awscli

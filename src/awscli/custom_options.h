// Options that the CLI adds to operations, and what it checks of members beyond their model: simple
// forms of metric data, firewall rules, counts, zip files, bucket names. Pure.
#pragma once
#include "awscli/validate.h"
#include "awscli/values.h"

namespace seatrial::awscli {

void judge_custom_options(const ValueContext& context);

}  // namespace seatrial::awscli

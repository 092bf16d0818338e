// The operation's input of a call: all its options read and judged, members that are missing,
// defaults that the CLI fills in. Pure.
#pragma once
#include "awscli/values.h"

namespace seatrial::awscli {

// Fills call.input, places, files and problems. `required_dropped`: argparse's own check of
// required options has been reported already, for these options.
void build_input(const ValueContext& context, const std::vector<std::string>& reported_missing);

}  // namespace seatrial::awscli

// What `seatrial __function SPEC` does: it becomes a function's process. A program of its own
// between the daemon and the function, because a daemon with many threads must not fork and change
// namespaces; it ends in exec, so that the function is the daemon's own child and dies with it.
#pragma once
#include <string>

#include "drivers/process/shim_spec.h"

namespace seatrial::drivers {

// Descriptors that the driver gives it: 1 and 2 are the output, 3 takes why it could not start.
inline constexpr int kFunctionReportFd = 3;

int function_main(int argc, char** argv);

}  // namespace seatrial::drivers

// The child's half of a container's start, between fork and exec: own session, cgroup, network
// namespace, root directory, user; then the program. The other half is shim.cc.
#pragma once
#include <string>

#include "drivers/process/cgroup.h"
#include "drivers/process/shim_spec.h"

namespace seatrial::drivers {

struct ChildPipes {
  int out = -1;
  int error = -1;
  int report = -1;  // close-on-exec: "code\nmessage" when the start failed, nothing when it did not
};

[[noreturn]] void run_child(const ShimSpec& spec, const Cgroup* cgroup, const ChildPipes& pipes);

}  // namespace seatrial::drivers

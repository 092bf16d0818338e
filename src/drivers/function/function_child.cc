#include "drivers/function/function_child.h"

#include <unistd.h>

#include <cstdio>

#include "drivers/image/files.h"
#include "drivers/process/shim_child.h"

namespace seatrial::drivers {

int function_main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto bytes = read_whole_file(argv[1], kMaxShimSpecBytes);
  ::unlink(argv[1]);
  const auto spec = bytes ? decode_shim_spec(*bytes) : std::nullopt;
  if (!spec) {
    (void)write_all(kFunctionReportFd, "the function's specification cannot be read");
    return 127;
  }
  const Cgroup cgroup(spec->cgroup_parent, spec->id);
  run_child(*spec, cgroup.exists() ? &cgroup : nullptr, {1, 2, kFunctionReportFd});
}

}  // namespace seatrial::drivers

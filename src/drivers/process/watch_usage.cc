// What running containers use: from the cgroup where there is one, else summed over the processes.
// Storage traffic is in /proc/<pid>/io in either case: neither version's cgroup counts it unless
// another controller's hierarchy is joined, too. What a process moved that ended as an orphan is
// lost.
#include "drivers/process/rootfs.h"
#include "drivers/process/watch_loop.h"

namespace seatrial::drivers {

std::optional<ContainerUsage> ProcessDriver::Loop::usage(const std::string& id) {
  std::optional<Live> live;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = live_.find(id); found != live_.end()) live = found->second;
  }
  if (!live) return std::nullopt;
  ContainerUsage usage;
  const auto memory = live->cgroup.memory_bytes();
  const auto cpu = live->cgroup.cpu_ns();
  auto pids = live->cgroup.members();
  if (pids.empty()) pids = descendants(live->shim.pid);
  for (const pid_t pid : pids) {
    if (!memory) usage.memory_bytes += resident_bytes(pid);
    if (!cpu) usage.cpu_ns += process_cpu_ns(pid);
    const auto io = process_io(pid);
    if (!io) continue;
    usage.read_bytes = usage.read_bytes.value_or(0) + io->read_bytes;
    usage.written_bytes = usage.written_bytes.value_or(0) + io->written_bytes;
  }
  if (memory) usage.memory_bytes = *memory;
  if (cpu) usage.cpu_ns = *cpu;
  return usage;
}

std::optional<std::int64_t> ProcessDriver::Loop::storage_bytes(const std::string& id) const {
  return tree_bytes(ContainerFiles(options_.containers_dir / id).rootfs());
}

}  // namespace seatrial::drivers

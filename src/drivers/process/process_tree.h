// What /proc says about processes: who descends from whom, what they use, whether a pid is still
// the process it was. A pid alone names nobody for long; pid and start time together do.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace seatrial::drivers {

struct ProcessId {
  pid_t pid = 0;
  std::int64_t start_ticks = 0;  // since boot, /proc/<pid>/stat field 22
};

struct ProcessStat {
  pid_t pid = 0, parent = 0, session = 0;
  char state = '?';
  std::int64_t start_ticks = 0;
  std::int64_t child_cpu_ticks = 0;  // user + system of its reaped children
};

std::optional<ProcessStat> process_stat(pid_t pid);  // empty: no such process
ProcessId process_id(pid_t pid);                     // start 0 when it is gone
bool is_alive(const ProcessId& id);                  // a zombie is not
std::vector<ProcessStat> all_processes();
// All below `ancestor`, without it; zombies too.
std::vector<pid_t> descendants(pid_t ancestor);
std::vector<pid_t> session_members(pid_t session);
std::int64_t resident_bytes(pid_t pid);  // 0 when gone
std::int64_t process_cpu_ns(pid_t pid);  // with its reaped children's; 0 when gone

struct ProcessIo {
  std::int64_t read_bytes = 0, written_bytes = 0;  // to and from storage, with reaped children's
};
std::optional<ProcessIo> process_io(pid_t pid);  // empty: gone, or not to be seen

}  // namespace seatrial::drivers

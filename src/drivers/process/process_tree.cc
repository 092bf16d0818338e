// See process_tree.h.
#include "drivers/process/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace seatrial::drivers {
namespace {

// Enough for any line of /proc/<pid>/stat or statm.
struct ProcLine {
  char text[1024];
  bool read(pid_t pid, const char* file) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/%s", static_cast<int>(pid), file);
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const ssize_t got = ::read(fd, text, sizeof text - 1);
    ::close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
  }
};

}  // namespace

std::optional<ProcessStat> process_stat(pid_t pid) {
  ProcLine line;
  if (!line.read(pid, "stat")) return std::nullopt;
  const char* after_name = std::strrchr(line.text, ')');  // the name may hold anything
  if (after_name == nullptr) return std::nullopt;
  ProcessStat stat;
  stat.pid = pid;
  int parent = 0, session = 0;
  long long child_user = 0, child_system = 0, start = 0;
  const int fields =
      std::sscanf(after_name + 1,
                  " %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*d %*d %lld %lld"
                  " %*d %*d %*d %*d %lld",
                  &stat.state, &parent, &session, &child_user, &child_system, &start);
  if (fields != 6) return std::nullopt;
  stat.parent = parent;
  stat.session = session;
  stat.start_ticks = start;
  stat.child_cpu_ticks = child_user + child_system;
  return stat;
}

ProcessId process_id(pid_t pid) {
  const auto stat = process_stat(pid);
  return {pid, stat ? stat->start_ticks : 0};
}

bool is_alive(const ProcessId& id) {
  const auto stat = process_stat(id.pid);
  return stat && stat->start_ticks == id.start_ticks && stat->state != 'Z' && stat->state != 'X';
}

std::vector<ProcessStat> all_processes() {
  std::vector<ProcessStat> all;
  DIR* directory = ::opendir("/proc");
  if (directory == nullptr) return all;
  while (const dirent* entry = ::readdir(directory)) {
    const int pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    if (auto stat = process_stat(pid)) all.push_back(*stat);
  }
  ::closedir(directory);
  return all;
}

std::vector<pid_t> descendants(pid_t ancestor) {
  const std::vector<ProcessStat> all = all_processes();
  std::vector<pid_t> found{ancestor};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const ProcessStat& stat : all) {
      if (stat.parent == found[i]) found.push_back(stat.pid);
    }
  }
  found.erase(found.begin());
  return found;
}

std::vector<pid_t> session_members(pid_t session) {
  std::vector<pid_t> members;
  for (const ProcessStat& stat : all_processes()) {
    if (stat.session == session) members.push_back(stat.pid);
  }
  return members;
}

std::int64_t resident_bytes(pid_t pid) {
  ProcLine line;
  long long pages = 0;
  if (!line.read(pid, "statm") || std::sscanf(line.text, "%*d %lld", &pages) != 1) return 0;
  return pages * ::sysconf(_SC_PAGESIZE);
}

// The process's own clock counts nanoseconds; /proc counts ticks of 10 ms.
std::int64_t process_cpu_ns(pid_t pid) {
  const auto stat = process_stat(pid);
  if (!stat) return 0;
  clockid_t clock{};
  timespec own{};
  if (::clock_getcpuclockid(pid, &clock) == 0) (void)::clock_gettime(clock, &own);
  return own.tv_sec * 1'000'000'000LL + own.tv_nsec +
         stat->child_cpu_ticks * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
}

// "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n..."; see proc(5).
std::optional<ProcessIo> process_io(pid_t pid) {
  ProcLine line;
  long long read = 0, written = 0;
  if (!line.read(pid, "io")) return std::nullopt;
  const char* storage = std::strstr(line.text, "read_bytes:");
  if (storage == nullptr ||
      std::sscanf(storage, "read_bytes: %lld write_bytes: %lld", &read, &written) != 2) {
    return std::nullopt;
  }
  return ProcessIo{read, written};
}

}  // namespace seatrial::drivers

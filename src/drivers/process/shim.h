// The process between the daemon and a container: it outlives the daemon, reaps the container's
// whole tree, keeps its output and its exit. One shim a container; the driver starts it with the
// path of a ShimSpec and speaks to it by signals only:
//   kStopSignal queued with an int: SIGTERM to the program now, SIGKILL to the tree after that many
//     ms (a real-time signal, since two SIGTERM in a row would merge and the second number be lost)
//   SIGTERM, of an operator: the same with kDefaultGraceMs
//   SIGUSR1: SIGKILL to the tree now
// What it has to say it leaves in the container's directory (container_files.h).
// It runs in the daemon's own executable ("seatrial __shim SPEC") so that there is one file to
// install; it uses no Boost and starts no thread.
#pragma once
#include <signal.h>

namespace seatrial::drivers {

inline const int kStopSignal = SIGRTMIN;
inline constexpr int kDefaultGraceMs = 30'000;
// The descriptor on which the driver passes the container's held lock.
inline constexpr int kShimLockFd = 3;
// Output beyond this is dropped, with a line that says so.
inline constexpr long long kMaxOutputFileBytes = 16LL << 30;

// argv's last element is the path of the spec. Returns only when the container has ended.
int shim_main(int argc, char** argv);

}  // namespace seatrial::drivers

// The daemon's life as a process: one per world (a lock file), in the foreground or detached, told
// to stop by a signal, its readiness reported to whoever started it.
#pragma once
#include <chrono>
#include <expected>
#include <functional>
#include <string>

#include "world/paths.h"

namespace seatrial::world {

// Held for as long as the object lives; a second daemon on the same world is refused with the
// first one's process id.
class WorldLock {
 public:
  static std::expected<WorldLock, std::string> take(const Paths& paths);
  WorldLock(WorldLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  WorldLock& operator=(WorldLock&&) = delete;
  ~WorldLock();

 private:
  explicit WorldLock(int fd) : fd_(fd) {}
  int fd_;
};

// The process id that holds the world's lock, or 0.
int running_daemon(const Paths& paths);

// Lines to whoever waits for the daemon: stderr in the foreground, a pipe when detached.
using Report = std::function<void(const std::string& line)>;

// Runs `body` in a child of its own session with its output in `log`, relays the lines it reports
// to stderr, and returns the exit code: 0 once the body called ready(), else what it ended with.
struct Detached {
  Report report;
  std::function<void()> ready;
};
int detach(const Paths& paths, const std::function<int(Detached)>& body);

// Blocks SIGINT, SIGTERM and SIGHUP in this and all later threads; await_stop_signal() returns the
// one that came.
void block_stop_signals();
int await_stop_signal();
// Whether one comes within `wait` of wall time; it is then taken.
bool stop_requested(std::chrono::milliseconds wait);

// Sends SIGTERM to the world's daemon and waits until it has gone; the error says what to do.
std::expected<void, std::string> stop_daemon(const Paths& paths, int timeout_s);

}  // namespace seatrial::world

// A TCP server with one thread per connection and an orderly end.
//
// Threads rather than an event loop: a slow answer (one of the faults) or a waiting store probe may
// block its own connection only, and a sample has few connections. Stacks are small (main.cc), and
// beyond kMaxConnections new connections wait in the kernel's queue.
//
// The end: after SIGTERM it goes on accepting for linger_ms, as a load balancer may need a moment
// to learn of it; then idle connections close, open requests finish, and run() returns at the
// latest kFinishWithinMs later.
#pragma once

#include <condition_variable>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "settings.h"

namespace omc {

inline constexpr int kMaxConnections = 1024;
inline constexpr int kFinishWithinMs = 1400;

// Closes its descriptor at the end of its life.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_;
};

// One accepted connection, used by one thread.
class Connection {
 public:
  Connection(int fd, int stop_fd) : fd_(fd), stop_fd_(stop_fd) {}

  enum class Got { kBytes, kTimeout, kClosed };
  // Appends what arrives to `buffer`, waiting up to timeout_ms. With `idle` (no request begun) the
  // server's end counts as closed.
  Got read(std::string& buffer, int timeout_ms, bool idle);
  // False when the peer has gone or does not read.
  bool write(std::string_view bytes);
  // True from the moment the server has stopped accepting.
  bool stopping() const;

 private:
  int fd_;
  int stop_fd_;  // readable at its end: hangs up when the server stops
};

class Server {
 public:
  using Serve = std::function<void(Connection&)>;

  // `serve` handles one whole connection and is called on that connection's thread.
  explicit Server(Serve serve) : serve_(std::move(serve)) {}

  // Binds and listens; the error says what failed. Port 0 lets the kernel choose.
  std::expected<Address, std::string> listen(const Address& address);
  // Serves until signal_fd (a signalfd) is readable, then ends as described above. Returns the
  // number of connections that did not finish in time.
  int run(int signal_fd, int linger_ms);

 private:
  void accept_until(int signal_fd, int linger_ms);
  void accept_one();
  int wait_finished();

  Serve serve_;
  Fd listener_;
  Fd stop_read_, stop_write_;
  std::mutex mutex_;
  std::condition_variable finished_;
  int active_ = 0;  // guarded by mutex_
};

}  // namespace omc

// Sockets, threads and the orderly end of server.h.
#include "server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include "log.h"

namespace omc {
namespace {

constexpr int kBacklog = 512;
constexpr int kWriteTimeoutSeconds = 10;
constexpr int kFullPauseMs = 20;  // how soon a freed place is noticed when all are taken

using SteadyClock = std::chrono::steady_clock;

std::unexpected<std::string> failure(const std::string& what) {
  return std::unexpected(what + ": " + std::strerror(errno));
}

int milliseconds_until(SteadyClock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  reset();
  fd_ = other.release();
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Connection::Got Connection::read(std::string& buffer, int timeout_ms, bool idle) {
  pollfd waits[2] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  const int ready = ::poll(waits, idle ? 2 : 1, timeout_ms);
  if (ready == 0) return Got::kTimeout;
  if (ready < 0 || waits[0].revents == 0) return Got::kClosed;
  char bytes[4096];
  const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
  if (n <= 0) return Got::kClosed;
  buffer.append(bytes, static_cast<size_t>(n));
  return Got::kBytes;
}

bool Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool Connection::stopping() const {
  pollfd wait{stop_fd_, POLLIN, 0};
  return ::poll(&wait, 1, 0) > 0;
}

std::expected<Address, std::string> Server::listen(const Address& address) {
  listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int pipe_ends[2];
  if (!listener_ || ::pipe2(pipe_ends, O_CLOEXEC) != 0) return failure("cannot open a socket");
  stop_read_ = Fd(pipe_ends[0]);
  stop_write_ = Fd(pipe_ends[1]);
  const int on = 1;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(address.port);
  ::inet_pton(AF_INET, address.host.c_str(), &name.sin_addr);
  socklen_t length = sizeof name;
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&name), length) != 0 ||
      ::listen(listener_.get(), kBacklog) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &length) != 0) {
    return failure("cannot listen on " + address.host + ":" + std::to_string(address.port));
  }
  return Address{address.host, ntohs(name.sin_port)};
}

int Server::run(int signal_fd, int linger_ms) {
  accept_until(signal_fd, linger_ms);
  listener_.reset();
  stop_write_.reset();
  return wait_finished();
}

void Server::accept_until(int signal_fd, int linger_ms) {
  auto end = SteadyClock::time_point::max();
  bool signalled = false;
  while (!signalled || SteadyClock::now() < end) {
    const bool full = [this] {
      const std::lock_guard lock(mutex_);
      return active_ >= kMaxConnections;
    }();
    pollfd waits[2] = {{full ? -1 : listener_.get(), POLLIN, 0},
                       {signalled ? -1 : signal_fd, POLLIN, 0}};
    const int timeout_ms = full ? kFullPauseMs : signalled ? milliseconds_until(end) : -1;
    if (::poll(waits, 2, timeout_ms) <= 0) continue;
    if (waits[0].revents != 0) accept_one();
    if (waits[1].revents != 0) {
      signalled = true;
      end = SteadyClock::now() + std::chrono::milliseconds(linger_ms);
    }
  }
}

void Server::accept_one() {
  const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return;
    log_error(std::string("cannot accept a connection: ") + std::strerror(errno));
    std::this_thread::sleep_for(std::chrono::milliseconds(kFullPauseMs));
    return;
  }
  const int on = 1;
  const timeval patience{kWriteTimeoutSeconds, 0};
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const auto leave = [this] {
    const std::lock_guard lock(mutex_);
    --active_;
    finished_.notify_all();
  };
  {
    const std::lock_guard lock(mutex_);
    ++active_;
  }
  try {
    std::thread([this, fd, leave] {
      {
        const Fd owned(fd);
        Connection connection(fd, stop_read_.get());
        serve_(connection);
      }
      leave();
    }).detach();
  } catch (const std::system_error& error) {
    ::close(fd);
    leave();
    log_error(std::string("cannot start a thread for a connection: ") + error.what());
  }
}

int Server::wait_finished() {
  std::unique_lock lock(mutex_);
  finished_.wait_for(lock, std::chrono::milliseconds(kFinishWithinMs),
                     [this] { return active_ == 0; });
  return active_;
}

}  // namespace omc

#include "world/daemon.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace seatrial::world {
namespace {

constexpr std::string_view kReady = "\x01ready";
constexpr int kLockAttempts = 20;

int lock_owner(int fd) {
  char text[32] = {};
  const ssize_t n = pread(fd, text, sizeof text - 1, 0);
  return n > 0 ? std::atoi(text) : 0;
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  return set;
}

void write_line(int fd, std::string line) {
  line.push_back('\n');
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

// The daemon's side of detach(): nothing of the terminal is kept open.
int run_detached(const Paths& paths, int pipe_fd, const std::function<int(Detached)>& body) {
  setsid();
  std::signal(SIGPIPE, SIG_IGN);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int log = ::open(paths.log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (null < 0 || log < 0) {
    write_line(pipe_fd,
               "seatrial: cannot open " + paths.log().string() + ": " + std::strerror(errno));
    return 1;
  }
  dup2(null, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  Detached detached;
  detached.report = [pipe_fd](const std::string& line) { write_line(pipe_fd, line); };
  detached.ready = [pipe_fd] {
    write_line(pipe_fd, std::string(kReady));
    ::close(pipe_fd);
  };
  return body(detached);
}

// The starter's side: relays lines until the daemon is ready or gone.
int relay(int fd, pid_t child) {
  std::string buffer;
  char chunk[4096];
  for (ssize_t n; (n = ::read(fd, chunk, sizeof chunk)) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    buffer.append(chunk, static_cast<std::size_t>(n));
    for (std::size_t end; (end = buffer.find('\n')) != std::string::npos;
         buffer.erase(0, end + 1)) {
      const std::string line = buffer.substr(0, end);
      if (line == kReady) return 0;
      std::fprintf(stderr, "%s\n", line.c_str());
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::expected<WorldLock, std::string> WorldLock::take(const Paths& paths) {
  std::error_code error;
  std::filesystem::create_directories(paths.run(), error);
  const int fd = ::open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return std::unexpected(fmt::format("cannot use the world's folder {}: {}",
                                       paths.folder.string(), std::strerror(errno)));
  }
  // A look at the lock (`status`, `down`) holds it for a moment without owning the world, and so
  // does a daemon that was killed and is not gone yet.
  bool taken = false;
  int owner = 0;
  for (int attempt = 0; attempt < kLockAttempts && !taken; ++attempt) {
    taken = flock(fd, LOCK_EX | LOCK_NB) == 0;
    owner = taken ? 0 : lock_owner(fd);
    if (taken) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (!taken) {
    ::close(fd);
    return std::unexpected(
        fmt::format("the world {} is already up (process {}); stop it with "
                    "`seatrial down --world {}`",
                    paths.folder.string(), owner, paths.folder.string()));
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    ::close(fd);
    return std::unexpected("cannot write " + paths.lock().string() + ": " + std::strerror(errno));
  }
  return WorldLock(fd);
}

WorldLock::~WorldLock() {
  if (fd_ < 0) return;
  if (ftruncate(fd_, 0) != 0) std::perror("seatrial: lock");
  ::close(fd_);
}

int running_daemon(const Paths& paths) {
  const int fd = ::open(paths.lock().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const bool free = flock(fd, LOCK_SH | LOCK_NB) == 0;
  const int owner = free ? 0 : lock_owner(fd);
  ::close(fd);
  return owner;
}

int detach(const Paths& paths, const std::function<int(Detached)>& body) {
  std::error_code error;
  std::filesystem::create_directories(paths.folder, error);
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    std::perror("seatrial: pipe");
    return 1;
  }
  const pid_t child = fork();
  if (child < 0) {
    std::perror("seatrial: fork");
    return 1;
  }
  if (child == 0) {
    ::close(fds[0]);
    std::_Exit(run_detached(paths, fds[1], body));
  }
  ::close(fds[1]);
  return relay(fds[0], child);
}

void block_stop_signals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool stop_requested(std::chrono::milliseconds wait) {
  const sigset_t set = stop_signals();
  const timespec timeout{wait.count() / 1000, wait.count() % 1000 * 1'000'000};
  return sigtimedwait(&set, nullptr, &timeout) > 0;
}

int await_stop_signal() {
  const sigset_t set = stop_signals();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal;
}

std::expected<void, std::string> stop_daemon(const Paths& paths, int timeout_s) {
  const int pid = running_daemon(paths);
  if (pid == 0) return {};
  if (kill(pid, SIGTERM) != 0) {
    return std::unexpected(fmt::format("cannot stop process {}: {}", pid, std::strerror(errno)));
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_s);
  while (running_daemon(paths) == pid) {
    if (std::chrono::steady_clock::now() > deadline) {
      return std::unexpected(fmt::format("process {} has not stopped after {} s; see {}", pid,
                                         timeout_s, paths.log().string()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return {};
}

}  // namespace seatrial::world

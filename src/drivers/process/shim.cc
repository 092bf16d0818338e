// See shim.h.
#include "drivers/process/shim.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "drivers/image/files.h"
#include "drivers/process/cgroup.h"
#include "drivers/process/container_files.h"
#include "drivers/process/frame.h"
#include "drivers/process/line_recorder.h"
#include "drivers/process/shim_child.h"
#include "drivers/process/shim_spec.h"

namespace seatrial::drivers {
namespace {

constexpr int kMemoryWatchMs = 50;  // between looks at resident memory, without a cgroup
constexpr int kSweepMs = 10;        // between kills of a tree that is not gone yet
constexpr int kMaxDrainMs = 5000;   // for output of processes that not even SIGKILL ends
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kMaxReportBytes = 64 * 1024;

std::int64_t steady_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

class Shim {
 public:
  explicit Shim(ShimSpec spec)
      : spec_(std::move(spec)), files_(spec_.directory), cgroup_(spec_.cgroup_parent, spec_.id) {}

  int run() {
    state_.shim = process_id(::getpid());
    if (!write_state(files_, state_)) return complain("cannot write the state");
    Fd output(::open(files_.output().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output) return complain("cannot open the output file");
    recorder_ = std::make_unique<LineRecorder>(std::move(output), kMaxOutputFileBytes);
    has_cgroup_ = cgroup_.make(spec_.memory_limit_bytes);
    watch_signals();
    if (const std::string failure = launch(); !failure.empty()) return report_failure(failure);
    state_.kind = ShimState::Kind::kRunning;
    state_.main = process_id(main_);
    if (!write_state(files_, state_)) kill_tree();
    while (!finished()) step();
    recorder_->finish();
    return report_exit();
  }

 private:
  static int complain(const char* what) {
    std::fprintf(stderr, "%s\n", errno_text(what).c_str());
    return 1;
  }

  void watch_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGTERM, SIGUSR1, kStopSignal}) ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  // Empty when the program runs, else "code\nmessage".
  std::string launch() {
    int out[2], error[2], report[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(error, O_CLOEXEC) != 0 ||
        ::pipe2(report, O_CLOEXEC) != 0) {
      return errno_text("CannotStartContainerError\nCannotStartContainerError: cannot make pipes");
    }
    main_ = ::fork();
    if (main_ == 0)
      run_child(spec_, has_cgroup_ ? &cgroup_ : nullptr, {out[1], error[1], report[1]});
    for (const int fd : {out[1], error[1], report[1]}) ::close(fd);
    streams_[0] = Fd(out[0]);
    streams_[1] = Fd(error[0]);
    const Fd failure(report[0]);
    for (Fd& stream : streams_) ::fcntl(stream.get(), F_SETFL, O_NONBLOCK);
    if (main_ < 0) {
      return errno_text("CannotStartContainerError\nCannotStartContainerError: cannot fork");
    }
    return read_report(failure.get());
  }

  static std::string read_report(int fd) {
    std::string text;
    char buffer[4096];
    while (text.size() < kMaxReportBytes) {
      const ssize_t got = ::read(fd, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

  int report_failure(const std::string& failure) {
    if (main_ > 0) ::waitpid(main_, nullptr, 0);
    cgroup_.remove();
    const std::size_t line = failure.find('\n');
    state_.kind = ShimState::Kind::kFailed;
    state_.code = failure.substr(0, line);
    state_.message = line == std::string::npos ? failure : failure.substr(line + 1);
    return write_state(files_, state_) ? 0 : complain("cannot write the state");
  }

  int report_exit() {
    ExitRecord record{exit_code_of(status_), false, ended_ms_};
    const bool over = over_limit_ || (has_cgroup_ && cgroup_.out_of_memory_kills() > 0);
    record.out_of_memory = over && record.exit_code == 128 + SIGKILL;
    cgroup_.remove();
    return write_exit(files_, record) ? 0 : complain("cannot write exit.json");
  }

  bool finished() const {
    if (!main_ended_) return false;
    const bool drained = !streams_[0] && !streams_[1] && no_children_;
    return drained || steady_ms() > drain_until_;
  }

  int timeout_ms() const {
    if (main_ended_) return kSweepMs;
    std::int64_t wait = -1;
    if (kill_at_) wait = std::max<std::int64_t>(0, *kill_at_ - steady_ms());
    if (watches_memory())
      wait = wait < 0 ? kMemoryWatchMs : std::min<std::int64_t>(wait, kMemoryWatchMs);
    return static_cast<int>(std::min<std::int64_t>(wait, 60'000));
  }

  void step() {
    pollfd polled[3] = {{signals_.get(), POLLIN, 0},
                        {streams_[0].get(), POLLIN, 0},
                        {streams_[1].get(), POLLIN, 0}};
    ::poll(polled, 3, timeout_ms());
    for (const int i : {0, 1}) {
      if (polled[i + 1].revents != 0) read_stream(i);
    }
    if (polled[0].revents != 0) read_signals();
    if (watches_memory()) watch_memory();
    if (kill_at_ && steady_ms() >= *kill_at_) kill_tree();
    reap();
    if (main_ended_) kill_tree();  // nothing of a container outlives its main process
  }

  void read_stream(int index) {
    static char buffer[kReadBytes];
    const ssize_t got = ::read(streams_[index].get(), buffer, sizeof buffer);
    if (got > 0) {
      recorder_->add(index == 0 ? kStreamOut : kStreamError,
                     {buffer, static_cast<std::size_t>(got)});
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      streams_[index].reset();
    }
  }

  void read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGUSR1) kill_tree();
      if (info.ssi_signo == SIGTERM) stop(kDefaultGraceMs);
      if (static_cast<int>(info.ssi_signo) == kStopSignal) stop(info.ssi_int);
    }
  }

  // A second stop only ever shortens the grace of the first.
  void stop(int grace_ms) {
    const std::int64_t at = steady_ms() + std::max(0, grace_ms);
    if (!kill_at_ && !main_ended_) ::kill(main_, SIGTERM);
    kill_at_ = kill_at_ ? std::min(*kill_at_, at) : at;
  }

  bool watches_memory() const {
    return !has_cgroup_ && spec_.memory_limit_bytes > 0 && !main_ended_;
  }

  void watch_memory() {
    std::int64_t total = 0;
    for (const pid_t pid : descendants(::getpid())) total += resident_bytes(pid);
    if (total <= spec_.memory_limit_bytes) return;
    over_limit_ = true;
    kill_tree();
  }

  // As subreaper the shim is an ancestor of all that ever descended from the program.
  void kill_tree() {
    for (const pid_t pid : descendants(::getpid())) ::kill(pid, SIGKILL);
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid < 0 && errno == EINTR) continue;
      no_children_ = pid < 0;
      if (pid <= 0) return;
      if (pid != main_) continue;
      main_ended_ = true;
      status_ = status;
      ended_ms_ = wall_ms();
      drain_until_ = steady_ms() + kMaxDrainMs;
    }
  }

  ShimSpec spec_;
  ContainerFiles files_;
  Cgroup cgroup_;
  bool has_cgroup_ = false;
  ShimState state_;
  std::unique_ptr<LineRecorder> recorder_;
  Fd signals_;
  Fd streams_[2];
  pid_t main_ = -1;
  bool main_ended_ = false, no_children_ = false, over_limit_ = false;
  int status_ = 0;
  std::int64_t ended_ms_ = 0, drain_until_ = 0;
  std::optional<std::int64_t> kill_at_;
};

// Own session, deaf to the terminal and to closed pipes, heir of all orphans below.
void detach() {
  ::setsid();
  ::umask(022);
  for (const int number : {SIGHUP, SIGPIPE, SIGINT, SIGQUIT}) ::signal(number, SIG_IGN);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_NAME, "seatrial-shim");
  ::fcntl(kShimLockFd, F_SETFD, FD_CLOEXEC);
  ::syscall(SYS_close_range, static_cast<unsigned>(kShimLockFd + 1), ~0U, 0);
  if (::chdir("/") != 0) ::_exit(1);
}

}  // namespace

int shim_main(int argc, char** argv) {
  if (argc < 2) return 2;
  detach();
  const char* path = argv[argc - 1];
  const auto bytes = read_whole_file(path, kMaxShimSpecBytes);
  ::unlink(path);
  if (!bytes) {
    std::fprintf(stderr, "%s\n", bytes.error().c_str());
    return 1;
  }
  auto spec = decode_shim_spec(*bytes);
  if (!spec || spec->arguments.empty()) {
    std::fprintf(stderr, "%s is no container spec\n", path);
    return 1;
  }
  return Shim(std::move(*spec)).run();
}

}  // namespace seatrial::drivers

// See session.h. Wall time here is the driver's own: limits on real processes, not world time.
#include "runbook/session.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Between looks at the interrupt flag.
constexpr int kPollMs = 100;

// Descriptors of the shell: 9 steps in, 8 ends of steps out. Steps see neither.
//
// `eval ... || code=$?` keeps a step's `set -e` from ending the shell; the step's last pipeline
// reports its members; $? of the step before is there for the next. SIGINT is trapped so that it
// ends the step's commands, not the shell.
constexpr const char* kLoop = R"sh(
trap ':' INT
__st_code() { return "$1"; }
__st_last=0
while IFS= read -r -d '' -u 9 __st_token && IFS= read -r -d '' -u 9 __st_text; do
  __st_pipe=
  eval "__st_code $__st_last
$__st_text
__st_pipe=\"\$? \${PIPESTATUS[*]}\"; __st_code \${__st_pipe%% *}" </dev/null 8>&- 9<&- && __st_last=0 || __st_last=$?
  { declare -p; declare -f; shopt -p; } > "$__ST_STATE.new" 2>/dev/null
  pwd > "$__ST_STATE.dir" 2>/dev/null
  command mv -f "$__ST_STATE.new" "$__ST_STATE" 2>/dev/null
  printf '%s %s %s\0' "$__st_token" "$__st_last" "$__st_pipe" >&8
done
)sh";

// Readonly and shell-owned variables complain when set again; that is no step's business.
constexpr const char* kRestore = R"sh(
if [ -f "$__ST_STATE" ]; then
  source "$__ST_STATE" 2>/dev/null
  cd "$(cat "$__ST_STATE.dir" 2>/dev/null)" 2>/dev/null
fi
)sh";

class Fd {
 public:
  Fd() = default;
  ~Fd() { close(); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  void reset(int fd) { close(), fd_ = fd; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

bool make_pipe(Fd& read, Fd& write) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  read.reset(ends[0]), write.reset(ends[1]);
  return true;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Moves a descriptor out of the way of the numbers the shell is given.
int above(int fd) { return ::fcntl(fd, F_DUPFD, 20); }

}  // namespace

struct ShellSession::Impl {
  Impl(Options given, Rng& rng) : options(std::move(given)), rng(rng) {}

  Options options;
  Rng& rng;
  std::string scratch;  // state and call log of this session
  pid_t pid = -1;
  int status = 0;
  Fd script, control, out, err;
  std::string control_text;

  std::string state_path() const { return scratch + "/state"; }
  std::string calls_path() const { return scratch + "/calls"; }

  std::string make_scratch() {
    if (!scratch.empty()) return "";
    std::string pattern = (fs::temp_directory_path() / "seatrial-run-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      return fmt::format("cannot create {}: {}", pattern, std::strerror(errno));
    scratch = pattern;
    return "";
  }

  std::string start(bool restore) {
    if (auto why = make_scratch(); !why.empty()) return why;
    Fd script_end, control_end, out_end, err_end;
    if (!make_pipe(script_end, script) || !make_pipe(control, control_end) ||
        !make_pipe(out, out_end) || !make_pipe(err, err_end))
      return fmt::format("cannot create a pipe: {}", std::strerror(errno));
    for (int fd : {out.get(), err.get(), control.get()}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
    control_text.clear();
    auto environment = options.environment;
    environment.push_back("__ST_STATE=" + state_path());
    environment.push_back("SEATRIAL_CALLS=" + calls_path());
    const std::string program = std::string(restore ? kRestore : "") + kLoop;
    pid = ::fork();
    if (pid < 0) return fmt::format("cannot start a shell: {}", std::strerror(errno));
    if (pid == 0) become_shell(environment, program, script_end, control_end, out_end, err_end);
    return "";
  }

  // In the child: only async-signal-safe calls matter little here, the parent has one thread.
  [[noreturn]] void become_shell(const std::vector<std::string>& environment,
                                 const std::string& program, const Fd& script_end,
                                 const Fd& control_end, const Fd& out_end, const Fd& err_end) {
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int s = above(script_end.get()), c = above(control_end.get());
    const int o = above(out_end.get()), e = above(err_end.get());
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0), ::dup2(o, 1), ::dup2(e, 2), ::dup2(c, 8), ::dup2(s, 9);
    for (int fd : {s, c, o, e}) ::close(fd);
    if (null > 2 && null != 8 && null != 9) ::close(null);
    for (int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) ::signal(signal, SIG_DFL);
    if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(126);
    std::vector<char*> variables;
    for (const auto& entry : environment) variables.push_back(const_cast<char*>(entry.c_str()));
    variables.push_back(nullptr);
    const char* arguments[] = {"bash",          "--noprofile", "--norc", "-c",
                               program.c_str(), "bash",        nullptr};
    ::execvpe("bash", const_cast<char**>(arguments), variables.data());
    ::_exit(127);
  }

  void stop() {
    if (pid <= 0) return;
    ::kill(-pid, SIGTERM);
    ::kill(-pid, SIGKILL);
    if (status == 0) ::waitpid(pid, &status, 0);
    pid = -1;
  }

  bool send(const std::string& text) {
    std::string_view left = text;
    while (!left.empty()) {
      const auto written = ::write(script.get(), left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      left.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
};

namespace {

// One step under way: reads its output until its end is reported, and enforces its limits.
class StepRun {
 public:
  StepRun(const StepLimits& limits, const ShellSession::OnOutput& on_output,
          const std::atomic<bool>* interrupt, std::string token)
      : limits_(limits),
        on_output_(on_output),
        interrupt_(interrupt),
        token_(std::move(token)),
        began_(SteadyClock::now()) {}

  StepOutput result;

  // False when the shell is gone.
  bool finish(pid_t pid, int out, int err, int control, std::string& control_text) {
    for (;;) {
      if (read_end(control, control_text)) break;
      drain(out, false), drain(err, true);
      if (shell_gone(pid)) {
        drain(out, false), drain(err, true);
        if (read_end(control, control_text)) break;
        return false;
      }
      enforce(pid);
      pollfd fds[] = {{out, POLLIN, 0}, {err, POLLIN, 0}, {control, POLLIN, 0}};
      ::poll(fds, 3, kPollMs);
    }
    drain(out, false), drain(err, true);
    return true;
  }

  int status() const { return status_; }
  double seconds() const {
    return std::chrono::duration<double>(SteadyClock::now() - began_).count();
  }

 private:
  bool shell_gone(pid_t pid) { return ::waitpid(pid, &status_, WNOHANG) == pid; }

  void drain(int fd, bool is_error) {
    char buffer[65536];
    for (;;) {
      const auto got = ::read(fd, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      keep(std::string_view(buffer, static_cast<std::size_t>(got)), is_error);
      // A step that prints without end must not keep its limits from being looked at.
      if (SteadyClock::now() - last_look_ > milliseconds(kPollMs)) return;
    }
  }

  void keep(std::string_view bytes, bool is_error) {
    auto& kept = is_error ? result.err : result.out;
    const auto room = kMaxStepOutput - std::min(kMaxStepOutput, kept.size());
    if (bytes.size() > room) result.truncated = true;
    bytes = bytes.substr(0, room);
    kept += bytes;
    if (on_output_ && !bytes.empty()) on_output_(bytes, is_error);
  }

  // "TOKEN CODE PIPE...\0"; a step that guesses the descriptor cannot guess the token.
  bool read_end(int control, std::string& text) {
    char buffer[4096];
    for (;;) {
      const auto got = ::read(control, buffer, sizeof buffer);
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    for (std::size_t end; (end = text.find('\0')) != std::string::npos;) {
      const std::string line = text.substr(0, end);
      text.erase(0, end + 1);
      const auto words = split_blanks(line);
      if (words.size() < 2 || words[0] != token_) continue;
      result.exit_code = std::atoi(std::string(words[1]).c_str());
      for (std::size_t i = 3; i < words.size(); ++i)
        result.pipe_status.push_back(std::atoi(std::string(words[i]).c_str()));
      return true;
    }
    return false;
  }

  void enforce(pid_t pid) {
    const auto now = last_look_ = SteadyClock::now();
    if (stopped_at_) {
      if (now - *stopped_at_ > kStopGrace) ::kill(-pid, SIGKILL);
      return;
    }
    if (interrupt_ != nullptr && interrupt_->load()) {
      result.interrupted = true;
    } else if (limits_.follow.count() > 0 && now - began_ >= limits_.follow) {
      result.followed = true;
    } else if (now - began_ >= limits_.timeout) {
      result.timed_out = true;
    } else {
      return;
    }
    stopped_at_ = now;
    ::kill(-pid, SIGINT);
  }

  const StepLimits& limits_;
  const ShellSession::OnOutput& on_output_;
  const std::atomic<bool>* interrupt_;
  std::string token_;
  SteadyClock::time_point began_;
  SteadyClock::time_point last_look_ = SteadyClock::now();
  std::optional<SteadyClock::time_point> stopped_at_;
  int status_ = 0;
};

std::vector<AwsCall> take_calls(const std::string& path) {
  std::vector<AwsCall> calls;
  const auto text = file_text(path);
  for (auto line : split_lines(text)) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    calls.push_back({std::atoi(std::string(line.substr(0, blank)).c_str()),
                     std::string(trim(line.substr(blank + 1)))});
  }
  std::error_code error;
  fs::remove(path, error);
  return calls;
}

int shell_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ShellSession::ShellSession(Options options, Rng& rng)
    : impl_(std::make_unique<Impl>(std::move(options), rng)) {
  ::signal(SIGPIPE, SIG_IGN);
}

ShellSession::~ShellSession() {
  impl_->stop();
  std::error_code error;
  if (!impl_->scratch.empty()) fs::remove_all(impl_->scratch, error);
}

std::string ShellSession::start() {
  if (auto why = impl_->start(false); !why.empty()) return why;
  const auto first = run(":", {std::chrono::seconds(30)});  // it lives, and its state is known
  if (!first.shell_died && first.exit_code == 0) return "";
  return fmt::format("bash does not start (exit code {}): {}", first.exit_code,
                     shorten(first.err, 200));
}

StepOutput ShellSession::run(const std::string& text, const StepLimits& limits,
                             const OnOutput& on_output) {
  const auto token = impl_->rng.hex(32);
  StepRun step(limits, on_output, impl_->options.interrupt, token);
  std::string clean = text;
  std::erase(clean, '\0');
  impl_->send(token + '\0' + clean + '\0');
  const bool alive = step.finish(impl_->pid, impl_->out.get(), impl_->err.get(),
                                 impl_->control.get(), impl_->control_text);
  step.result.seconds = step.seconds();
  if (!alive) {
    ::kill(-impl_->pid, SIGKILL);
    step.result.exit_code = shell_code(step.status());
    step.result.shell_died = true;
    impl_->pid = -1;
    impl_->start(true);
  }
  step.result.aws_calls = take_calls(impl_->calls_path());
  return std::move(step.result);
}

std::set<std::string> ShellSession::set_variables() const {
  std::set<std::string> names;
  const auto text = file_text(impl_->state_path());
  for (auto line : split_lines(text)) {
    if (!line.starts_with("declare -")) continue;
    const auto words = line.substr(0, line.find('='));
    const auto name = words.substr(words.rfind(' ') + 1);
    if (line.ends_with("=\"\"") || !line.contains('=')) continue;
    names.emplace(name);
  }
  return names;
}

std::string ShellSession::directory() const {
  return std::string(trim(file_text(impl_->state_path() + ".dir")));
}

}  // namespace seatrial::runbook

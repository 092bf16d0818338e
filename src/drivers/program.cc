// posix_spawn with pipes; see the header for why.
#include "drivers/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/check.h"

extern char** environ;

namespace seatrial::drivers {
namespace {

// A socket pair, not a pipe: writing to a program that has ended must not raise SIGPIPE.
struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    ST_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0,
             "socketpair failed: out of file descriptors");
    read = ends[0];
    write = ends[1];
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  void close_read() {
    if (read >= 0) ::close(std::exchange(read, -1));
  }
  void close_write() {
    if (write >= 0) ::close(std::exchange(write, -1));
  }
};

pid_t spawn(const std::vector<std::string>& argv, const std::string& path, const Pipe& in,
            const Pipe& out, int kept_fd) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, 1);
  posix_spawn_file_actions_adddup2(&actions, out.write, 2);
  if (kept_fd >= 0) posix_spawn_file_actions_adddup2(&actions, kept_fd, 3);
  posix_spawn_file_actions_addclosefrom_np(&actions, kept_fd >= 0 ? 4 : 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  if (::posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments.data(), environ) != 0) {
    pid = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return pid;
}

// Feeds `input` and collects output at once, so that neither side can block the other.
std::string exchange_data(Pipe& in, Pipe& out, std::string_view input) {
  std::string output;
  ::fcntl(in.write, F_SETFL, O_NONBLOCK);
  if (input.empty()) in.close_write();
  std::array<char, 4096> buffer;
  while (true) {
    pollfd fds[2] = {{out.read, POLLIN, 0}, {in.write, POLLOUT, 0}};
    if (::poll(fds, in.write >= 0 ? 2 : 1, -1) < 0 && errno != EINTR) break;
    if (in.write >= 0 && fds[1].revents != 0) {
      const auto sent = ::send(in.write, input.data(), input.size(), MSG_NOSIGNAL);
      if (sent > 0) input.remove_prefix(static_cast<std::size_t>(sent));
      if (input.empty() || (sent < 0 && errno != EAGAIN)) in.close_write();
    }
    if (fds[0].revents == 0) continue;
    const auto got = ::read(out.read, buffer.data(), buffer.size());
    if (got <= 0) break;
    const auto room = kMaxProgramOutput - output.size();
    output.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
  }
  return output;
}

}  // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* path = std::getenv("PATH");
  std::string folders = std::string(path != nullptr ? path : "/usr/bin:/bin") + ":/usr/sbin:/sbin";
  for (std::size_t start = 0; start < folders.size();) {
    const auto end = std::min(folders.find(':', start), folders.size());
    const auto candidate = folders.substr(start, end - start) + "/" + name;
    if (end > start && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    start = end + 1;
  }
  return "";
}

ProgramResult run_program(const std::vector<std::string>& argv, std::string_view input,
                          int kept_fd) {
  ProgramResult result;
  const auto path = find_program(argv.at(0));
  if (path.empty()) return {127, argv[0] + " is not installed"};
  Pipe in, out;
  const pid_t pid = spawn(argv, path, in, out, kept_fd);
  if (pid < 0) return {127, "cannot start " + path};
  in.close_read();
  out.close_write();
  result.output = exchange_data(in, out, input);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace seatrial::drivers

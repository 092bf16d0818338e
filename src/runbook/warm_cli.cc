// See warm_cli.h; what is said over the socket stands in warm_server.h.
#include "runbook/warm_cli.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "runbook/warm_server.h"

extern char** environ;

namespace seatrial::runbook {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxScript = 64 << 10;  // of the CLI's script that is looked at
constexpr int kQueued = 64;                   // calls that wait while the CLI is imported
constexpr std::array kForwarded = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

std::string_view value_of_option(const std::vector<std::string>& environment,
                                 std::string_view name) {
  for (const std::string_view entry : environment)
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

// As the wrapper looks for it.
std::string next_aws(std::string_view path, const std::string& own_folder) {
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    const std::string folder = end == 0 ? "." : std::string(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (folder == own_folder) continue;
    const auto candidate = folder + "/aws";
    struct stat info{};
    if (::stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        ::access(candidate.c_str(), X_OK) == 0)
      return candidate;
  }
  return "";
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

int listen_on(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(path);
  if (fd < 0) return -1;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(fd, kQueued) == 0)
    return fd;
  ::close(fd);
  return -1;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

// Between fork and exec: calls that are safe there only.
[[noreturn]] void become_server(const std::string& interpreter, char* const* words,
                                char* const* environment, int listener) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::setsid();
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  if (::dup2(listener, 3) != 3) ::_exit(127);
  ::fcntl(3, F_SETFD, 0);
  ::execve(interpreter.c_str(), words, environment);
  ::_exit(127);
}

// --- the caller's side ---

volatile sig_atomic_t g_caller_socket = -1;

void forward(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  if (g_caller_socket >= 0) ::send(g_caller_socket, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  errno = saved;
}

int connect_to(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(path);
  if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

void add(std::string& message, std::string_view word) {
  message.append(word);
  message.push_back('\0');
}

std::string message_of(int argc, char** argv) {
  std::size_t variables = 0;
  while (environ[variables] != nullptr) ++variables;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  std::error_code error;
  std::string body;
  add(body, std::to_string(argc));
  add(body, std::to_string(variables));
  add(body, std::to_string(mask));
  add(body, fs::current_path(error).string());
  for (int i = 0; i < argc; ++i) add(body, argv[i]);
  for (std::size_t i = 0; i < variables; ++i) add(body, environ[i]);
  const auto length = static_cast<std::uint32_t>(body.size());
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + body;
}

bool send_files(int socket, std::string_view first) {
  const std::array files = {0, 1, 2};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof files)> control{};
  iovec part{const_cast<char*>(first.data()), first.size()};
  msghdr message{};
  message.msg_iov = &part, message.msg_iovlen = 1;
  message.msg_control = control.data(), message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof files);
  std::memcpy(CMSG_DATA(header), files.data(), sizeof files);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(first.size());
}

bool send_call(int socket, std::string_view message) {
  if (!send_files(socket, message.substr(0, 4))) return false;
  message.remove_prefix(4);
  while (!message.empty()) {
    const auto sent = ::send(socket, message.data(), message.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return false;
    if (sent > 0) message.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// The call's wait status; empty when whoever ran it has gone.
std::optional<int> await_status(int socket) {
  int status = 0;
  std::size_t have = 0;
  while (have < sizeof status) {
    const auto got =
        ::recv(socket, reinterpret_cast<char*>(&status) + have, sizeof status - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return status;
}

// Ends as the call did.
int end_as(int status) {
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  ::signal(WTERMSIG(status), SIG_DFL);
  ::raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

}  // namespace

std::string cli_interpreter(const std::string& script) {
  std::ifstream file(script, std::ios::binary);
  std::string text(kMaxScript, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto line = std::string_view(text).substr(0, text.find('\n'));
  if (!line.starts_with("#!/") || line.find(' ') != std::string_view::npos ||
      !text.contains("awscli.clidriver"))
    return "";
  const std::string interpreter(line.substr(2));
  return fs::path(interpreter).filename().string().starts_with("python") &&
                 ::access(interpreter.c_str(), X_OK) == 0
             ? interpreter
             : "";
}

std::unique_ptr<WarmCli> WarmCli::start(const std::vector<std::string>& environment,
                                        const std::string& own_folder) {
  const auto script = next_aws(value_of_option(environment, "PATH"), own_folder);
  const auto interpreter = script.empty() ? "" : cli_interpreter(script);
  if (interpreter.empty()) return nullptr;
  std::error_code error;
  auto folder = (fs::temp_directory_path(error) / "seatrial-aws-XXXXXX").string();
  if (error || ::mkdtemp(folder.data()) == nullptr) return nullptr;  // mode 0700
  const int listener = listen_on(folder + "/socket");
  const std::vector<std::string> command = {interpreter, "-c", std::string(kWarmServer)};
  const auto words = pointers(command), variables = pointers(environment);
  const int pid = listener < 0 ? -1 : ::fork();
  if (pid == 0) become_server(interpreter, words.data(), variables.data(), listener);
  if (listener >= 0) ::close(listener);
  if (pid > 0) return std::unique_ptr<WarmCli>(new WarmCli(folder, script, pid));
  fs::remove_all(folder, error);
  return nullptr;
}

WarmCli::~WarmCli() {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::error_code error;
  fs::remove_all(folder_, error);
}

std::vector<std::string> WarmCli::variables() const {
  std::error_code error;
  return {"SEATRIAL_WARM_AWS=" + script_, "SEATRIAL_WARM_SOCKET=" + folder_ + "/socket",
          "SEATRIAL_SELF=" + fs::read_symlink("/proc/self/exe", error).string()};
}

int warm_call(int argc, char** argv) {
  if (argc < 3) return 2;
  const int socket = connect_to(argv[1]);
  if (socket >= 0) {
    g_caller_socket = socket;
    for (const int number : kForwarded) ::signal(number, forward);
    if (send_call(socket, message_of(argc - 3, argv + 3)))
      if (const auto status = await_status(socket)) return end_as(*status);
    ::close(socket);
    return 128 + SIGKILL;  // it may have been carried out: never twice
  }
  ::execv(argv[2], argv + 2);
  return 127;
}

}  // namespace seatrial::runbook

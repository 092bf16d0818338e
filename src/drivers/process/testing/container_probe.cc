// The program in the contract's images: does what its arguments say, one after the other.
//   out TEXT | err TEXT | lines COUNT | part TEXT (no line end) | exit CODE | kill SIGNAL
//   wait (until SIGTERM, then go on) | ignore_term | eat BYTES | sleep MS | fds | env | cat FILE
//   orphan FILE (a grandchild in its own session that lives until killed; its pid in FILE)
//   pid | cwd | stop_reading
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

extern char** environ;

namespace {

void wait_for_term() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  int number = 0;
  sigwait(&set, &number);
}

void print_open_descriptors() {
  for (int fd = 0; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) std::printf("fd %d\n", fd);
  }
}

// Twice forked, own session: only a subreaper's walk or a cgroup finds it.
void leave_orphan(const char* file) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      signal(SIGTERM, SIG_IGN);
      FILE* out = std::fopen((std::string(file) + ".tmp").c_str(), "w");
      std::fprintf(out, "%d", static_cast<int>(getpid()));
      std::fclose(out);
      std::rename((std::string(file) + ".tmp").c_str(), file);
      for (;;) pause();
    }
    _exit(0);
  }
  wait(nullptr);
}

void eat(long bytes) {
  std::vector<char*> eaten;
  constexpr long kStep = 1 << 20;
  for (long had = 0; had < bytes; had += kStep) {
    char* block = static_cast<char*>(std::malloc(kStep));
    std::memset(block, 1, kStep);
    eaten.push_back(block);
  }
}

void cat(const char* file) {
  FILE* in = std::fopen(file, "r");
  if (in == nullptr) {
    std::printf("no %s\n", file);
    return;
  }
  char line[4096];
  while (std::fgets(line, sizeof line, in) != nullptr) std::fputs(line, stdout);
  std::fclose(in);
}

bool act_alone(const std::string& word) {
  if (word == "ignore_term")
    signal(SIGTERM, SIG_IGN);
  else if (word == "wait")
    wait_for_term();
  else if (word == "forever")
    for (;;) pause();
  else if (word == "fds")
    print_open_descriptors();
  else if (word == "env")
    for (char** e = environ; *e != nullptr; ++e) std::printf("env %s\n", *e);
  else if (word == "pid")
    std::printf("pid %d\n", static_cast<int>(getpid()));
  else if (word == "cwd")
    std::printf("cwd %s\n", getcwd(nullptr, 0));
  else
    return false;
  return true;
}

void act(const std::string& word, const char* value) {
  if (word == "out")
    std::printf("%s\n", value);
  else if (word == "part")
    std::printf("%s", value);
  else if (word == "err")
    std::fprintf(stderr, "%s\n", value);
  else if (word == "lines")
    for (int i = 0; i < std::atoi(value); ++i) std::printf("line %d\n", i);
  else if (word == "exit")
    std::exit(std::atoi(value));
  else if (word == "kill")
    kill(getpid(), std::atoi(value));
  else if (word == "eat")
    eat(std::atol(value));
  else if (word == "cat")
    cat(value);
  else if (word == "orphan")
    leave_orphan(value);
  else
    std::exit(99);
}

}  // namespace

int main(int argc, char** argv) {
  bool term_held = false;
  for (int i = 1; i < argc; ++i) term_held = term_held || std::strcmp(argv[i], "wait") == 0;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  if (term_held) sigprocmask(SIG_BLOCK, &set, nullptr);
  for (int i = 1; i < argc; ++i) {
    if (act_alone(argv[i]))
      std::fflush(stdout);
    else if (i + 1 < argc)
      act(argv[i], argv[i + 1]), ++i;
    else
      return 98;
    std::fflush(stdout);
  }
  return 0;
}

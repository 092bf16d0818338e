// See shim_child.h. Single-threaded after fork, so ordinary C++ is safe here.
#include "drivers/process/shim_child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "drivers/image/files.h"

namespace seatrial::drivers {
namespace {

constexpr const char* kResource = "ResourceInitializationError";
constexpr const char* kCannotStart = "CannotStartContainerError";

class Child {
 public:
  Child(const ShimSpec& spec, const Cgroup* cgroup, const ChildPipes& pipes)
      : spec_(spec), cgroup_(cgroup), pipes_(pipes) {}

  [[noreturn]] void run() {
    ::setsid();
    if (cgroup_ != nullptr && !cgroup_->join()) fail(kResource, "cannot enter the memory cgroup");
    enter_network();
    if (spec_.root.empty())
      bind_resolver();
    else
      enter_root();
    enter_directory();
    connect_streams();
    become_user();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);        // after the change of user, which clears it
    if (::getppid() != parent_) ::_exit(137);  // the shim is gone already
    reset_signals();
    execute();
  }

 private:
  [[noreturn]] void fail(const char* code, const std::string& what) {
    const std::string why = errno_text(what);
    (void)write_all(pipes_.report, std::string(code) + "\n" + code + ": " + why);
    ::_exit(127);
  }

  void enter_network() {
    if (spec_.network_namespace.empty()) return;
    const std::string path = "/run/netns/" + spec_.network_namespace;
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::setns(fd.get(), CLONE_NEWNET) != 0) {
      fail(kResource, "cannot enter network namespace " + spec_.network_namespace);
    }
  }

  void own_mounts() {
    if (::unshare(CLONE_NEWNS) != 0) fail(kResource, "cannot make a mount namespace");
    if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      fail(kResource, "cannot make mounts private");
    }
  }

  // In place the host's files serve, but names resolve as the task's network says.
  void bind_resolver() {
    if (spec_.network_namespace.empty()) return;
    const std::string directory = "/etc/netns/" + spec_.network_namespace;
    if (::access(directory.c_str(), F_OK) != 0) return;
    own_mounts();
    for (const char* name : {"resolv.conf", "hosts"}) {
      const std::string from = directory + "/" + name;
      const std::string to = std::string("/etc/") + name;
      if (::access(from.c_str(), F_OK) != 0) continue;
      if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) != 0) {
        fail(kResource, "cannot bind " + from);
      }
    }
  }

  // What a program's /etc/<name> is to hold; read before the root changes.
  std::string host_file(const char* name) const {
    const std::string of_network = "/etc/netns/" + spec_.network_namespace + "/" + name;
    const auto own = read_whole_file(of_network, 1 << 20);
    if (!spec_.network_namespace.empty() && own) return *own;
    return read_whole_file(std::string("/etc/") + name, 1 << 20).value_or("");
  }

  void enter_root() {
    const std::string resolver = host_file("resolv.conf");
    const std::string hosts = host_file("hosts") + "\n127.0.1.1 " + spec_.hostname + "\n";
    own_mounts();
    if (::unshare(CLONE_NEWUTS) == 0)
      (void)::sethostname(spec_.hostname.data(), spec_.hostname.size());
    const char* root = spec_.root.c_str();
    if (::mount(root, root, nullptr, MS_BIND | MS_REC, nullptr) != 0 || ::chdir(root) != 0 ||
        ::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 ||
        ::chdir("/") != 0) {
      fail(kResource, "cannot change the root to " + spec_.root);
    }
    // From here on every name is the container's: its links lead nowhere else.
    for (const char* name : {"/proc", "/dev", "/tmp", "/etc"}) ::mkdir(name, 0755);
    ::chmod("/tmp", 01777);
    if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
      fail(kResource, "cannot mount /proc");
    }
    make_devices();
    put("/etc/resolv.conf", resolver);
    put("/etc/hosts", hosts);
  }

  void make_devices() {
    if (::mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755,size=65536k") != 0) {
      fail(kResource, "cannot mount /dev");
    }
    struct Device {
      const char* path;
      unsigned minor;
    };
    const mode_t mask = ::umask(0);
    for (const Device& device :
         {Device{"/dev/null", 3}, Device{"/dev/zero", 5}, Device{"/dev/full", 7},
          Device{"/dev/random", 8}, Device{"/dev/urandom", 9}}) {
      if (::mknod(device.path, S_IFCHR | 0666, makedev(1, device.minor)) != 0) {
        fail(kResource, std::string("cannot make ") + device.path);
      }
    }
    ::mkdir("/dev/shm", 01777);
    ::umask(mask);
    (void)::symlink("/proc/self/fd", "/dev/fd");
    (void)::symlink("/proc/self/fd/0", "/dev/stdin");
    (void)::symlink("/proc/self/fd/1", "/dev/stdout");
    (void)::symlink("/proc/self/fd/2", "/dev/stderr");
  }

  void put(const char* path, const std::string& text) {
    ::unlink(path);
    const Fd fd(::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd || !write_all(fd.get(), text)) fail(kResource, std::string("cannot write ") + path);
  }

  // Made when missing, as Docker does; only inside the container's own files.
  void enter_directory() {
    const std::string& path = spec_.working_directory;
    for (std::size_t slash = 1; slash != std::string::npos && slash < path.size();) {
      slash = path.find('/', slash + 1);
      ::mkdir(path.substr(0, slash).c_str(), 0755);
    }
    if (::chdir(path.c_str()) != 0) fail(kCannotStart, "cannot enter working directory " + path);
  }

  void connect_streams() {
    const int null = ::open("/dev/null", O_RDONLY);
    if (null < 0 || ::dup2(null, 0) < 0 || ::dup2(pipes_.out, 1) < 0 ||
        ::dup2(pipes_.error, 2) < 0) {
      fail(kCannotStart, "cannot connect standard streams");
    }
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  }

  void become_user() {
    if (spec_.uid < 0) return;
    const gid_t group = static_cast<gid_t>(spec_.gid < 0 ? 0 : spec_.gid);
    if (::setgroups(0, nullptr) != 0 || ::setresgid(group, group, group) != 0) {
      fail(kCannotStart, "cannot change to group " + std::to_string(group));
    }
    const uid_t user = static_cast<uid_t>(spec_.uid);
    if (::setresuid(user, user, user) != 0) {
      fail(kCannotStart, "cannot change to user " + std::to_string(user));
    }
  }

  static void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  [[noreturn]] void execute() {
    std::vector<char*> arguments, environment;
    for (const std::string& word : spec_.arguments)
      arguments.push_back(const_cast<char*>(word.c_str()));
    for (const std::string& pair : spec_.environment)
      environment.push_back(const_cast<char*>(pair.c_str()));
    arguments.push_back(nullptr);
    environment.push_back(nullptr);
    ::execve(spec_.program.c_str(), arguments.data(), environment.data());
    fail(kCannotStart, "exec: \"" + spec_.arguments[0] + "\"");
  }

  const ShimSpec& spec_;
  const Cgroup* cgroup_;
  ChildPipes pipes_;
  const pid_t parent_ = ::getppid();
};

}  // namespace

void run_child(const ShimSpec& spec, const Cgroup* cgroup, const ChildPipes& pipes) {
  Child(spec, cgroup, pipes).run();
}

}  // namespace seatrial::drivers

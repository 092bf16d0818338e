// See launcher.h.
#include "drivers/process/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "base/value.h"
#include "drivers/process/rootfs.h"
#include "drivers/process/shim.h"

extern char** environ;

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t kMaxHostname = 63;

StartError cannot_pull(const std::string& why) {
  return {"CannotPullContainerError",
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): " + why};
}

StartError cannot_start(const std::string& why) {
  return {"CannotStartContainerError", "CannotStartContainerError: " + why};
}

StartError no_resource(const std::string& why) {
  return {"ResourceInitializationError", "ResourceInitializationError: " + why};
}

// CAP_SYS_ADMIN: mounts, namespaces and roots may be changed.
bool has_admin_capability() {
  const std::string status = read_whole_file("/proc/self/status", 1 << 16).value_or("");
  const std::size_t at = status.find("CapEff:");
  if (at == std::string::npos) return false;
  constexpr int kSysAdminBit = 21;
  return (std::strtoull(status.c_str() + at + 7, nullptr, 16) >> kSysAdminBit & 1) != 0;
}

// An override of the entry point drops the image's command, as it does in Docker and ECS.
std::vector<std::string> command_line(const ContainerSpec& spec, const ImageConfig& image) {
  std::vector<std::string> words = spec.entry_point.empty() ? image.entry_point : spec.entry_point;
  std::vector<std::string> command = spec.command;
  if (command.empty() && spec.entry_point.empty()) command = image.command;
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

std::map<std::string, std::string> merged_environment(const ContainerSpec& spec,
                                                      const ImageConfig& image) {
  std::map<std::string, std::string> all = spec.environment;
  all.insert(image.environment.begin(), image.environment.end());
  all.insert({"PATH", kDefaultPath});
  all.insert({"HOSTNAME", spec.id.substr(0, kMaxHostname)});
  return all;
}

struct SpawnAttributes {
  SpawnAttributes() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnAttributes() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

}  // namespace

Launcher::Launcher(fs::path containers, ImageStore& images, std::vector<std::string> shim_command,
                   std::string cgroup_parent)
    : containers_(std::move(containers)),
      images_(images),
      shim_command_(std::move(shim_command)),
      cgroup_parent_(std::move(cgroup_parent)),
      may_contain_(has_admin_capability()) {}

std::expected<LaunchedShim, StartError> Launcher::launch(const ContainerSpec& spec) {
  const ContainerFiles files(containers_ / spec.id);
  std::error_code error;
  fs::remove_all(files.directory, error);  // of a start that a killed daemon did not finish
  if (::mkdir(files.directory.c_str(), 0700) != 0) {
    return Failure(no_resource(errno_text("cannot make " + files.directory.string())));
  }
  auto launched = launch_in(files, spec);
  if (!launched) fs::remove_all(files.directory, error);
  return launched;
}

std::expected<LaunchedShim, StartError> Launcher::launch_in(const ContainerFiles& files,
                                                            const ContainerSpec& spec) {
  const auto image = images_.find(spec.image);
  if (!image) return Failure(cannot_pull(image.error()));
  const Fd lock = try_lock_file(files.lock());
  if (!lock) return Failure(no_resource(errno_text("cannot lock " + files.directory.string())));
  const Object meta{{"id", spec.id}, {"image", image->name}, {"digest", image->digest}};
  if (auto done = replace_file(files.meta(), to_json(meta), 0644, false); !done) {
    return Failure(no_resource(done.error()));
  }
  const auto unpacked = images_.unpack(image->digest);
  if (!unpacked) return Failure(cannot_pull(unpacked.error()));
  if (auto copied = copy_tree(*unpacked, files.rootfs()); !copied) {
    return Failure(cannot_pull("failed to copy: " + copied.error()));
  }
  const auto shim = shim_spec(files, spec, image->config);
  if (!shim) return Failure(shim.error());
  const std::string bytes = encode_shim_spec(*shim);
  if (bytes.size() > kMaxShimSpecBytes) return Failure(cannot_start("argument list too long"));
  if (auto done = replace_file(files.spec(), bytes, 0600, false); !done) {
    return Failure(no_resource(done.error()));
  }
  return spawn(files, lock.get());
}

std::expected<ShimSpec, StartError> Launcher::shim_spec(const ContainerFiles& files,
                                                        const ContainerSpec& spec,
                                                        const ImageConfig& image) const {
  const std::vector<std::string> words = command_line(spec, image);
  if (words.empty()) return Failure(cannot_start("no command specified"));
  const auto environment = merged_environment(spec, image);
  const std::string& directory =
      spec.working_directory.empty() ? image.working_directory : spec.working_directory;
  const auto plan =
      plan_launch(files.rootfs(), words[0], environment.at("PATH"), directory, may_contain_);
  if (!plan) return Failure(cannot_start(plan.error()));
  const auto user = resolve_user(files.rootfs(), image.user);
  if (!user) return Failure(cannot_start(user.error()));
  if (user->uid >= 0 && user->uid != ::geteuid() && ::geteuid() != 0) {
    return Failure(cannot_start("image user " + image.user + " needs a daemon that runs as root"));
  }
  ShimSpec shim;
  shim.id = spec.id;
  shim.directory = fs::absolute(files.directory);
  shim.program = plan->program;
  shim.arguments = words;
  for (const auto& [key, value] : environment) shim.environment.push_back(key + "=" + value);
  if (plan->contained) shim.root = fs::absolute(files.rootfs());
  shim.working_directory = plan->working_directory;
  shim.network_namespace = spec.network_namespace;
  shim.hostname = environment.at("HOSTNAME");
  shim.cgroup_parent = cgroup_parent_;
  shim.memory_limit_bytes = spec.memory_limit_bytes;
  if (::geteuid() == 0) {
    shim.uid = user->uid;
    shim.gid = user->gid;
  }
  return shim;
}

// Own session, no inherited descriptor but the lock, the shim's signals held back from the start.
std::expected<LaunchedShim, StartError> Launcher::spawn(const ContainerFiles& files,
                                                        int lock) const {
  SpawnAttributes with;
  const std::string log = files.shim_log().string();
  ::posix_spawn_file_actions_addopen(&with.actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&with.actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
  ::posix_spawn_file_actions_adddup2(&with.actions, 1, 2);
  ::posix_spawn_file_actions_adddup2(&with.actions, lock, kShimLockFd);
  sigset_t held, defaults;
  ::sigemptyset(&held);
  for (const int number : {SIGTERM, SIGUSR1, SIGCHLD, kStopSignal}) ::sigaddset(&held, number);
  ::sigfillset(&defaults);
  ::posix_spawnattr_setsigmask(&with.attributes, &held);
  ::posix_spawnattr_setsigdefault(&with.attributes, &defaults);
  ::posix_spawnattr_setflags(&with.attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = shim_command_;
  words.push_back(fs::absolute(files.spec()).string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  LaunchedShim shim;
  const int failed = ::posix_spawn(&shim.pid, words[0].c_str(), &with.actions, &with.attributes,
                                   arguments.data(), environ);
  if (failed != 0) {
    return Failure(no_resource("cannot start " + words[0] + ": " + ::strerror(failed)));
  }
  shim.pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, shim.pid, 0)));
  if (!shim.pidfd) {
    const std::string why = errno_text("cannot watch the shim");
    ::kill(shim.pid, SIGKILL);
    ::waitpid(shim.pid, nullptr, 0);
    return Failure(no_resource(why));
  }
  return shim;
}

}  // namespace seatrial::drivers

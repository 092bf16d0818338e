// A world of its own for tests of the process driver: images of container_probe in a temporary
// directory, real shims, real processes. Whatever a failed test leaves running is killed at the
// end.
#pragma once
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/clock.h"
#include "drivers/container_contract.h"
#include "drivers/process/container_files.h"
#include "drivers/process/process_driver.h"

namespace seatrial::drivers {

// A directory with files/ and images/, packed once for all tests of a run.
inline const std::filesystem::path& contract_images() {
  struct Base {
    Base() {
      char pattern[] = "/tmp/seatrial-images-XXXXXX";
      root = ::mkdtemp(pattern);
      std::filesystem::create_directories(root / "files/bin");
      std::filesystem::copy_file(CONTAINER_PROBE, root / "files/bin/probe");
      auto images = ImageStore::open(root / "images").value();
      for (const auto& [name, command] : std::map<std::string, std::vector<std::string>>{
               {"hello", {"out", "one", "err", "two", "out", "three"}},
               {"fails", {"exit", "3"}},
               {"dies", {"kill", "9"}},
               {"server", {"out", "ready", "wait", "out", "bye"}},
               {"plain", {"out", "ready", "forever"}},
               {"stubborn", {"ignore_term", "out", "ready", "forever"}},
               {"chatty", {"lines", std::to_string(kChattyLines), "forever"}},
               {"hog", {"eat", std::to_string(kHogBytes), "forever"}}}) {
        EXPECT_TRUE(images.build(name, root / "files", {{"/bin/probe"}, command}, ManualClock()));
      }
    }
    ~Base() { std::filesystem::remove_all(root); }
    std::filesystem::path root;
  };
  static const Base base;
  return base.root;
}

class ProcessRig {
 public:
  explicit ProcessRig(std::string cgroup_parent = "seatrial-test-" + std::to_string(::getpid()))
      : cgroup_parent_(std::move(cgroup_parent)), root_(make_root()) {
    std::filesystem::copy(contract_images(), root_, std::filesystem::copy_options::recursive);
    images_ = std::make_unique<ImageStore>(ImageStore::open(root_ / "images").value());
    recreate();
  }
  ~ProcessRig() {
    driver_.reset();
    for (const auto& entry : std::filesystem::directory_iterator(root_ / "containers")) {
      const auto state = read_state(ContainerFiles(entry.path()));
      if (!state || !is_alive(state->shim)) continue;
      ::kill(state->shim.pid, SIGUSR1);
      await([&] { return !is_alive(state->shim); });
    }
    for (const char* controller : {"memory", "cpuacct", ""}) {
      ::rmdir((std::filesystem::path("/sys/fs/cgroup") / controller / cgroup_parent_).c_str());
    }
    std::filesystem::remove_all(root_);
  }

  // An image of the probe with these words as its command.
  void add_image(const std::string& name, std::vector<std::string> command) {
    BuildOptions options;
    options.entry_point = {"/bin/probe"};
    options.command = std::move(command);
    add_image(name, options, root_ / "files");
  }
  void add_image(const std::string& name, const BuildOptions& options,
                 const std::filesystem::path& files) {
    const auto built = images_->build(name, files, options, clock_);
    ASSERT_TRUE(built) << built.error();
  }
  ContainerDriver& driver() { return *driver_; }
  void recreate() {
    driver_.reset();
    driver_ = std::make_unique<ProcessDriver>(
        ProcessDriverOptions{root_ / "containers", {PROCESS_SHIM}, cgroup_parent_}, *images_,
        clock_);
  }
  void start_under_killed_daemon(const ContainerSpec& spec) {
    int out[2];
    ASSERT_EQ(::pipe(out), 0);
    const pid_t daemon = ::fork();
    if (daemon == 0) {
      ::setpgid(0, 0);
      ::dup2(out[1], 1);
      ::execl(DRIVER_HOST, DRIVER_HOST, (root_ / "containers").c_str(), (root_ / "images").c_str(),
              cgroup_parent_.c_str(), spec.id.c_str(), spec.image.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    char said[64] = {};
    EXPECT_GT(::read(out[0], said, sizeof said - 1), 0);
    EXPECT_STREQ(said, "started\n");
    ::kill(-daemon, SIGKILL);  // the whole process group, as a terminal or supervisor would
    ::waitpid(daemon, nullptr, 0);
    ::close(out[0]);
  }
  // Looks every few milliseconds; the real driver gives a test nothing to wait on across threads.
  bool await(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  ContainerFiles files(const std::string& id) const {
    return ContainerFiles(root_ / "containers" / id);
  }
  const std::filesystem::path& root() const { return root_; }
  const std::string& cgroup_parent() const { return cgroup_parent_; }

 private:
  static std::filesystem::path make_root() {
    char pattern[] = "/tmp/seatrial-process-XXXXXX";
    return ::mkdtemp(pattern);
  }

  std::string cgroup_parent_;
  std::filesystem::path root_;
  SystemClock clock_;
  std::unique_ptr<ImageStore> images_;
  std::unique_ptr<ProcessDriver> driver_;
};

// The same without cgroups: the shim watches resident memory itself.
class ProcessRigWithoutCgroups : public ProcessRig {
 public:
  ProcessRigWithoutCgroups() : ProcessRig("") {}
};

}  // namespace seatrial::drivers

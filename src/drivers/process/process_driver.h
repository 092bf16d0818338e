// Containers as child processes of small shims (shim.h), watched by one thread: exits by pidfd,
// states and output by inotify, nothing by polling. All that a later daemon needs to go on is in
// the containers' directories (container_files.h), so a killed daemon loses nothing but time.
// Rejected: containers as direct children (they would lose their output and exit with the daemon).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drivers/container.h"
#include "drivers/image/image_store.h"

namespace seatrial::drivers {

struct ProcessDriverOptions {
  std::filesystem::path containers_dir;  // "<world>/run/containers"; made when missing
  std::vector<std::string> shim_command{"/proc/self/exe", "__shim"};
  std::string
      cgroup_parent;  // "seatrial-<world>": below each controller's mount; empty: no cgroups
};

// Copying files is what starting costs; more threads than this would only fight for the disk.
inline constexpr int kStartThreads = 2;
inline constexpr std::size_t kMaxQueuedStarts = 10'000;
inline constexpr std::size_t kMaxOutputBatchBytes = 1 << 20;

class ProcessDriver final : public ContainerDriver {
 public:
  // `images` and `clock` must outlive the driver. Destroying it leaves containers running.
  ProcessDriver(ProcessDriverOptions options, ImageStore& images, const Clock& clock);
  ~ProcessDriver() override;

  std::vector<ContainerStatus> list() override;
  void attach(ContainerEvents& events) override;
  // Known ids start nothing: a running one is reported started again, an ended one exited again.
  // Only after attach(), as all below.
  void start(ContainerSpec spec) override;
  void stop(const std::string& id, std::chrono::milliseconds grace) override;
  void remove(const std::string& id) override;
  void acknowledge_output(const std::string& id, std::uint64_t position) override;
  std::optional<ContainerUsage> usage(const std::string& id) override;
  std::optional<std::int64_t> storage_bytes(const std::string& id) override;
  bool has_image(const std::string& image) override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace seatrial::drivers

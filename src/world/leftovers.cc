// See the header.
#include "world/leftovers.h"

#include <condition_variable>
#include <mutex>
#include <set>

#include "base/encoding.h"
#include "base/log.h"
#include "drivers/network/network_driver.h"
#include "drivers/process/cgroup.h"

namespace seatrial::world {
namespace {

// Waits until the containers that are stopped have ended.
class ExitWaiter final : public drivers::ContainerEvents {
 public:
  void expect(std::set<std::string> running) { left_ = std::move(running); }
  void container_started(const std::string&) override {}
  void container_start_failed(const std::string& id, const drivers::StartError&) override {
    gone(id);
  }
  void container_exited(const drivers::ContainerExit& exit) override { gone(exit.id); }
  void container_output(const std::string&, std::vector<drivers::OutputLine>,
                        std::uint64_t) override {}

  void wait(std::chrono::seconds limit) {
    std::unique_lock lock(mutex_);
    const bool all = changed_.wait_for(lock, limit, [&] { return left_.empty(); });
    if (!all) log::warning("{} containers have not ended", left_.size());
  }

 private:
  void gone(const std::string& id) {
    const std::lock_guard lock(mutex_);
    left_.erase(id);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> left_;
};

}  // namespace

std::string machine_name(const Paths& paths) {
  return "seatrial-" + hex_encode(sha256(paths.folder.string())).substr(0, 8);
}

drivers::ProcessDriverOptions process_options(const Paths& paths) {
  drivers::ProcessDriverOptions options;
  options.containers_dir = paths.containers();
  options.cgroup_parent = machine_name(paths);
  return options;
}

// A container that is still starting is stopped, too: its shim may run already.
void end_containers(const Paths& paths, drivers::ImageStore& images, const Clock& clock) {
  ExitWaiter waiter;  // outlives the driver that calls it
  drivers::ProcessDriver driver(process_options(paths), images, clock);
  std::set<std::string> left;
  for (const auto& status : driver.list()) {
    if (!status.exit) left.insert(status.id);
  }
  waiter.expect(left);
  driver.attach(waiter);
  for (const auto& id : left) driver.stop(id, kStopGrace);
  waiter.wait(2 * kStopGrace);
}

void end_all(const Paths& paths, drivers::ImageStore& images, const Clock& clock,
             drivers::HaproxyDriver& proxy, drivers::HostsFile* hosts,
             drivers::NetworkDriver& network) {
  end_containers(paths, images, clock);
  proxy.stop();
  if (hosts != nullptr) {
    if (auto done = hosts->set({}); !done) log::warning("{}", done.error());
  }
  network.destroy();
  drivers::Cgroup::remove_parent(machine_name(paths));
}

std::expected<bool, std::string> end_leftovers(const Paths& paths) {
  std::error_code missing;
  if (!std::filesystem::exists(paths.run(), missing)) return false;
  const bool killed = std::filesystem::exists(paths.endpoint(), missing);
  auto images = drivers::ImageStore::open(paths.images());
  if (!images) return std::unexpected(images.error());
  auto network = drivers::make_network(paths.folder.string());
  if (!network) return std::unexpected(network.error());
  const SystemClock clock(1.0);
  drivers::HaproxyOptions haproxy;
  haproxy.folder = paths.haproxy().string();
  drivers::HaproxyDriver proxy(std::move(haproxy));
  drivers::HostsFile file(paths.folder.string());
  end_all(paths, *images, clock, proxy, file.writable() ? &file : nullptr, **network);
  std::filesystem::remove(paths.endpoint(), missing);
  return killed;
}

}  // namespace seatrial::world

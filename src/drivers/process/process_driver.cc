// See process_driver.h; the work is in watch_loop.cc.
#include "drivers/process/process_driver.h"

#include "drivers/process/watch_loop.h"

namespace seatrial::drivers {

ProcessDriver::ProcessDriver(ProcessDriverOptions options, ImageStore& images, const Clock& clock)
    : loop_(std::make_unique<Loop>(std::move(options), images, clock)) {}

ProcessDriver::~ProcessDriver() = default;

std::vector<ContainerStatus> ProcessDriver::list() { return loop_->list(); }

void ProcessDriver::attach(ContainerEvents& events) { loop_->run(events); }

void ProcessDriver::start(ContainerSpec spec) {
  loop_->post(
      [loop = loop_.get(), spec = std::move(spec)]() mutable { loop->start(std::move(spec)); });
}

void ProcessDriver::stop(const std::string& id, std::chrono::milliseconds grace) {
  constexpr std::int64_t kMaxGraceMs = 24LL * 3600 * 1000;
  const auto grace_ms = static_cast<int>(std::clamp<std::int64_t>(grace.count(), 0, kMaxGraceMs));
  loop_->post([loop = loop_.get(), id, grace_ms] { loop->stop(id, grace_ms); });
}

void ProcessDriver::remove(const std::string& id) {
  loop_->post([loop = loop_.get(), id] { loop->remove(id); });
}

void ProcessDriver::acknowledge_output(const std::string& id, std::uint64_t position) {
  loop_->post([loop = loop_.get(), id, position] { loop->acknowledge(id, position); });
}

std::optional<ContainerUsage> ProcessDriver::usage(const std::string& id) {
  return loop_->usage(id);
}

std::optional<std::int64_t> ProcessDriver::storage_bytes(const std::string& id) {
  return loop_->storage_bytes(id);
}

bool ProcessDriver::has_image(const std::string& image) { return loop_->has_image(image); }

}  // namespace seatrial::drivers

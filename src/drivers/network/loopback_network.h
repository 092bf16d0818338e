// Addresses for tasks where namespaces cannot be made: each task gets a loopback address of its own
// and is told it in HOST, so that several listen on one port.
#pragma once
#include <mutex>

#include "drivers/network/lease_book.h"

namespace seatrial::drivers {

class LoopbackNetwork final : public NetworkDriver {
 public:
  explicit LoopbackNetwork(const std::string& world_dir) : book_(world_dir) {}

  std::string vpc_namespace() const override { return ""; }
  std::string api_address() const override { return "127.0.0.1"; }
  std::expected<TaskNetwork, std::string> attach(const std::string& id,
                                                 const std::string& cidr) override;
  void detach(const std::string& id) override;
  void sweep(const std::vector<std::string>& keep) override;
  std::string loopback_address(const std::string& name) override;
  void run_in_vpc(std::function<void()> work) override { work(); }
  void destroy() override;

 private:
  std::mutex mutex_;
  LeaseBook book_;
};

}  // namespace seatrial::drivers

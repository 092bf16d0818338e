// A VPC that only exists in memory. FakeVpc is the machine, FakeNetwork one daemon's driver over
// it: destroying the driver leaves the addresses, as killing a daemon does.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "drivers/network.h"

namespace seatrial::drivers {

struct FakeVpc {
  std::mutex mutex;
  std::map<std::string, TaskNetwork> tasks;  // by id
  std::map<std::string, int> cursors;        // by cidr: the last host number given
  std::map<std::string, std::string> names;  // loopback addresses
  std::optional<std::string> attach_error;   // fault: attach() fails with it
};

class FakeNetwork final : public NetworkDriver {
 public:
  explicit FakeNetwork(std::shared_ptr<FakeVpc> vpc) : vpc_(std::move(vpc)) {}

  std::string vpc_namespace() const override { return "fake-vpc"; }
  std::string api_address() const override { return "169.254.170.2"; }
  std::expected<TaskNetwork, std::string> attach(const std::string& id,
                                                 const std::string& cidr) override;
  void detach(const std::string& id) override;
  void sweep(const std::vector<std::string>& keep) override;
  std::string loopback_address(const std::string& name) override;
  void run_in_vpc(std::function<void()> work) override { work(); }
  void destroy() override;

 private:
  std::shared_ptr<FakeVpc> vpc_;
};

}  // namespace seatrial::drivers

// A real network per world out of Linux network namespaces.
//
//   st-<world>            the VPC: bridge br0 with 10.0.0.1/16 and 169.254.170.2 (the AWS API)
//   st-<world>-host       no namespace of its own: a name for the host's
//   st-<world>-<task>     a task: eth0 on that bridge, default route via 10.0.0.1
// Nothing leads out: the VPC's namespace has no interface but the bridge, so a rehearsed system
// cannot reach the internet, and the host's own routes and firewall are never touched. Load
// balancers run inside the VPC and listen on the host's loopback through HAProxy's `namespace`
// keyword, for which the host's own namespace gets a name, too.
// Made with `ip` from iproute2, three short runs an attach, rather than with netlink code of ours.
#pragma once
#include <mutex>
#include <thread>

#include "drivers/network/lease_book.h"

namespace seatrial::drivers {

class NamespaceNetwork final : public NetworkDriver {
 public:
  // Makes the VPC's namespace unless an earlier daemon left it; the error is in setup_error().
  explicit NamespaceNetwork(const std::string& world_dir);
  ~NamespaceNetwork() override;

  const std::string& setup_error() const { return setup_error_; }

  std::string vpc_namespace() const override { return vpc_; }
  std::string host_namespace() const override { return vpc_ + "-host"; }
  std::string api_address() const override { return "169.254.170.2"; }
  std::expected<TaskNetwork, std::string> attach(const std::string& id,
                                                 const std::string& cidr) override;
  void detach(const std::string& id) override;
  void sweep(const std::vector<std::string>& keep) override;
  std::string loopback_address(const std::string& name) override;
  std::map<std::string, NetworkUsage> usage() override;
  void run_in_vpc(std::function<void()> work) override;
  void destroy() override;

 private:
  class Worker;
  std::string make_vpc();
  std::string make_task(const Lease& lease);
  void remove_task(const Lease& lease);
  Lease new_lease(const std::string& id, const std::string& address) const;

  std::mutex mutex_;
  LeaseBook book_;
  std::string vpc_, setup_error_;
  std::unique_ptr<Worker> worker_;  // lives inside the VPC's namespace
};

}  // namespace seatrial::drivers

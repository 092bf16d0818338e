// Addresses for tasks. Where the machine allows it (root), each world has one network namespace
// that is its VPC: a bridge inside it carries 10.0.0.0/16, and each task has its own namespace on
// that bridge; the host's routes stay untouched. Else each task gets a loopback address of its own.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace seatrial::drivers {

struct TaskNetwork {
  std::string id;         // the task's id
  std::string address;    // "10.0.1.17", or "127.x.y.z" in loopback mode
  std::string namespace_name;  // for ContainerSpec::network_namespace; empty in loopback mode
  std::string mac;             // "02:..." ; made up in loopback mode
};

struct NetworkUsage {  // of a task's interface since it was made, as the task sees it
  std::int64_t rx_bytes = 0, rx_packets = 0, rx_errors = 0, rx_dropped = 0;
  std::int64_t tx_bytes = 0, tx_packets = 0, tx_errors = 0, tx_dropped = 0;
  bool operator==(const NetworkUsage&) const = default;
};

class NetworkDriver {
 public:
  virtual ~NetworkDriver() = default;
  // The VPC's namespace, where HAProxy and probes run; empty in loopback mode.
  virtual std::string vpc_namespace() const = 0;
  // A name of the host's own namespace, where load balancers listen; empty in loopback mode.
  virtual std::string host_namespace() const { return ""; }
  // Where tasks reach the AWS API: an address inside the VPC namespace (169.254.170.2), else 127.0.0.1.
  virtual std::string api_address() const = 0;
  // An address out of `cidr` ("10.0.1.0/24") for the task, its namespace made and connected.
  // Idempotent by id; the error is chained text. Any thread; takes some milliseconds.
  virtual std::expected<TaskNetwork, std::string> attach(const std::string& id,
                                                         const std::string& cidr) = 0;
  virtual void detach(const std::string& id) = 0;  // unknown id: nothing
  // Detaches all that are not in `keep`: orphans of a killed daemon.
  virtual void sweep(const std::vector<std::string>& keep) = 0;
  // A loopback address of the world's own for a load balancer ("127.80.3.1"), stable per name.
  virtual std::string loopback_address(const std::string& name) = 0;
  // By task id; tasks whose traffic is not counted apart (loopback mode) are absent. Any thread.
  virtual std::map<std::string, NetworkUsage> usage() { return {}; }
  // Runs `work` on a thread inside the VPC namespace and returns when it has run. Sockets made there
  // live there, and so do threads started there: long-running work starts a thread of its own.
  virtual void run_in_vpc(std::function<void()> work) = 0;
  // Removes everything of this world from the machine.
  virtual void destroy() = 0;
};

}  // namespace seatrial::drivers

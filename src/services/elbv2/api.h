// What other rooms may ask of Elastic Load Balancing: to put targets into target groups and to say
// how they are.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "room/room.h"

namespace seatrial::services::elbv2 {

// As describe-target-health gives it: "initial", "healthy", "unhealthy", "unused", "draining".
struct TargetState {
  std::string state, reason, description;
};

// Control thread. Target groups are named by ARN.
class TargetGroups {
 public:
  virtual ~TargetGroups() = default;
  virtual bool exists(const std::string& region, const std::string& arn) = 0;
  // Some listener or rule of a load balancer forwards to it.
  virtual bool attached_to_load_balancer(const std::string& region, const std::string& arn) = 0;
  // Idempotent. An empty zone: the address's own.
  virtual room::Outcome<void> register_target(const std::string& region, const std::string& arn,
                                              const std::string& ip, int port,
                                              const std::string& zone) = 0;
  // The target drains for the group's deregistration delay, then is gone. Unknown: nothing.
  virtual void deregister_target(const std::string& region, const std::string& arn,
                                 const std::string& ip, int port) = 0;
  // Empty: not registered (any more).
  virtual std::optional<TargetState> target_state(const std::string& region, const std::string& arn,
                                                  const std::string& ip, int port) = 0;
  // `changed` is called on the control thread after any target of the group changed its state.
  virtual void on_change(
      std::function<void(const std::string& region, const std::string& arn)> changed) = 0;
};

}  // namespace seatrial::services::elbv2

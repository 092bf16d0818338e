// Elastic Load Balancing's errors, in AWS's words, and the ones that say what is not served here.
#pragma once
#include <fmt/format.h>

#include <string_view>

#include "room/room.h"

namespace seatrial::services::elbv2 {

using room::fail;
using Failure = std::unexpected<model::AwsError>;

inline Failure validation(std::string message) {
  return fail("ValidationError", std::move(message));
}
inline Failure load_balancer_not_found() {
  return fail("LoadBalancerNotFound", "One or more load balancers not found");
}
inline Failure target_group_not_found() {
  return fail("TargetGroupNotFound", "One or more target groups not found");
}
inline Failure listener_not_found() {
  return fail("ListenerNotFound", "One or more listeners not found");
}
inline Failure rule_not_found() { return fail("RuleNotFound", "One or more rules not found"); }
inline Failure invalid_arn(std::string_view arn, std::string_view kind) {
  return validation(fmt::format("'{}' is not a valid {} ARN", arn, kind));
}
// Something AWS has and this room does not do. Never silently ignored.
inline Failure not_served(std::string_view what) {
  return fail("InvalidConfigurationRequest", fmt::format("Seatrial does not serve {} yet", what));
}
inline Failure in_use(std::string_view target_group) {
  return fail(
      "ResourceInUse",
      fmt::format("Target group '{}' is currently in use by a listener or a rule", target_group));
}

}  // namespace seatrial::services::elbv2

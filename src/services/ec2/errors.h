// EC2's errors in AWS's words.
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::ec2 {

inline auto invalid_parameter(std::string message) {
  return model::fail("InvalidParameterValue", std::move(message));
}
inline auto group_not_found(std::string_view id) {
  return model::fail("InvalidGroup.NotFound",
                     "The security group '" + std::string(id) + "' does not exist");
}
inline auto vpc_not_found(std::string_view id) {
  return model::fail("InvalidVpcID.NotFound",
                     "The vpc ID '" + std::string(id) + "' does not exist");
}
inline auto subnet_not_found(std::string_view id) {
  return model::fail("InvalidSubnetID.NotFound",
                     "The subnet ID '" + std::string(id) + "' does not exist");
}
inline auto rule_not_found(std::string_view id) {
  return model::fail("InvalidSecurityGroupRuleId.NotFound",
                     "The security group rule ID '" + std::string(id) + "' does not exist");
}
inline auto rule_id_malformed(std::string_view id) {
  return model::fail("InvalidSecurityGroupRuleId.Malformed",
                     "Invalid id: \"" + std::string(id) + "\" (expecting \"sgr-...\")");
}
inline auto endpoint_not_found(std::string_view id) {
  return model::fail("InvalidVpcEndpointId.NotFound",
                     "The Vpc Endpoint Id '" + std::string(id) + "' does not exist");
}
inline auto missing_parameter(std::string_view name) {
  return model::fail("MissingParameter",
                     "The request must contain the parameter " + std::string(name));
}

}  // namespace seatrial::services::ec2

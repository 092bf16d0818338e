// The errors of ECS, in AWS's words, and the one way to say that something is not done here.
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::ecs {

using model::fail;
using model::Outcome;
using Error = std::unexpected<model::AwsError>;

inline Error client_error(std::string message) {
  return fail("ClientException", std::move(message));
}
inline Error invalid_parameter(std::string message) {
  return fail("InvalidParameterException", std::move(message));
}
inline Error cluster_not_found() { return fail("ClusterNotFoundException", "Cluster not found."); }
inline Error service_not_found() { return fail("ServiceNotFoundException", "Service not found."); }
inline Error service_not_active() {
  return fail("ServiceNotActiveException", "Service was not ACTIVE.");
}
inline Error task_not_found() { return invalid_parameter("The referenced task was not found."); }

// What AWS would do and this world does not; never accepted silently. RegisterTaskDefinition models
// ClientException, all other operations InvalidParameterException too.
inline Error unsupported(std::string_view what) {
  return fail("ClientException", std::string(what) + " is not supported by this world.");
}

}  // namespace seatrial::services::ecs

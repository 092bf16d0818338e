// The errors of CloudWatch Logs, in AWS's words.
#pragma once
#include <string>

#include "model/aws_error.h"

namespace seatrial::services::logs {

inline auto invalid_parameter(std::string message) {
  return model::fail("InvalidParameterException", std::move(message));
}
inline auto not_served(std::string what) {
  return invalid_parameter("Seatrial does not serve " + std::move(what) + " yet.");
}
// A value the model's validation refuses, in the form AWS gives it.
inline auto invalid_value(std::string value, std::string member, std::string constraint) {
  return invalid_parameter("1 validation error detected: Value '" + std::move(value) + "' at '" +
                           std::move(member) + "' failed to satisfy constraint: Member must " +
                           std::move(constraint));
}
inline auto group_not_found() {
  return model::fail("ResourceNotFoundException", "The specified log group does not exist.");
}
inline auto stream_not_found() {
  return model::fail("ResourceNotFoundException", "The specified log stream does not exist.");
}
inline auto group_exists() {
  return model::fail("ResourceAlreadyExistsException", "The specified log group already exists");
}
inline auto stream_exists() {
  return model::fail("ResourceAlreadyExistsException", "The specified log stream already exists");
}

}  // namespace seatrial::services::logs

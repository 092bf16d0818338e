// Secrets Manager's errors in AWS's words.
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::secretsmanager {

inline auto not_found() {
  return model::fail("ResourceNotFoundException",
                     "Secrets Manager can't find the specified secret.");
}
inline auto value_not_found(std::string_view kind, std::string_view what) {
  return model::fail("ResourceNotFoundException",
                     "Secrets Manager can't find the specified secret value for " +
                         std::string(kind) + ": " + std::string(what));
}
inline auto invalid_request(std::string message) {
  return model::fail("InvalidRequestException", std::move(message));
}
inline auto invalid_parameter(std::string message) {
  return model::fail("InvalidParameterException", std::move(message));
}
inline auto marked_for_deletion() {
  return invalid_request(
      "You can't perform this operation on the secret because it was marked for deletion.");
}
inline auto resource_exists(std::string message) {
  return model::fail("ResourceExistsException", std::move(message));
}

}  // namespace seatrial::services::secretsmanager

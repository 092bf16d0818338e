// Parameter Store's errors in AWS's words.
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::ssm {

inline auto validation(std::string message) {
  return model::fail("ValidationException", std::move(message));
}
// guess: AWS leaves this message empty in most operations; naming the parameter helps.
inline auto not_found(std::string_view name) {
  return model::fail("ParameterNotFound", "Parameter " + std::string(name) + " not found.");
}
inline auto version_not_found(std::string_view name, std::string_view selector) {
  return model::fail("ParameterVersionNotFound",
                     "Systems Manager could not find version " + std::string(selector) + " of " +
                         std::string(name) + ". Verify the version and try again.");
}
inline auto invalid_next_token() {
  return model::fail("InvalidNextToken", "The specified token isn't valid.");
}

}  // namespace seatrial::services::ssm

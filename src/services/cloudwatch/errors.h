// The errors of CloudWatch, in AWS's words.
#pragma once
#include <string>

#include "model/aws_error.h"

namespace seatrial::services::cloudwatch {

inline auto invalid_value(std::string message) {
  return model::fail("InvalidParameterValue", std::move(message));
}
inline auto invalid_combination(std::string message) {
  return model::fail("InvalidParameterCombination", std::move(message));
}
inline auto missing_parameter(std::string message) {
  return model::fail("MissingParameter", std::move(message));
}
// What alarms' operations answer to a wrong request.
inline auto validation_error(std::string message) {
  return model::fail("ValidationError", std::move(message));
}
inline auto resource_not_found(std::string message) {
  return model::fail("ResourceNotFound", std::move(message), 404);
}
inline auto invalid_next_token() {
  return model::fail("InvalidNextToken", "The next token specified is invalid.");
}

}  // namespace seatrial::services::cloudwatch

// The errors of CloudWatch metrics, in AWS's words.
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

}  // namespace seatrial::services::cloudwatch

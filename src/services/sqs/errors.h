// SQS's errors, in AWS's words.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::sqs {

using room::fail;
using Failure = std::unexpected<model::AwsError>;

inline Failure no_queue() {
  return fail("QueueDoesNotExist", "The specified queue does not exist.");
}
inline Failure invalid_value(std::string_view value, std::string_view parameter,
                             std::string_view reason) {
  return fail(
      "InvalidParameterValue",
      fmt::format("Value {} for parameter {} is invalid. Reason: {}", value, parameter, reason));
}
inline Failure invalid_attribute(std::string_view name) {
  return fail("InvalidAttributeValue", fmt::format("Invalid value for the parameter {}.", name));
}
inline Failure missing(std::string_view parameter) {
  return fail("MissingParameter",
              fmt::format("The request must contain the parameter {}.", parameter));
}
// Something AWS has and this room does not do. Never silently ignored.
inline Failure not_served(std::string_view what) {
  return fail("UnsupportedOperation",
              fmt::format("Seatrial does not serve {} yet; nothing was done", what));
}

}  // namespace seatrial::services::sqs

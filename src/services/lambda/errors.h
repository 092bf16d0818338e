// Lambda's errors, in AWS's words. Sources: API_CreateFunction, API_Invoke, API_AddPermission.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::lambda {

inline std::unexpected<model::AwsError> user_error(std::string code, std::string message,
                                                   int status) {
  model::AwsError error{std::move(code), std::move(message), status, status >= 500, Object{}};
  error.details.get_object()["Type"] = status >= 500 ? "Service" : "User";
  return std::unexpected(std::move(error));
}
inline auto invalid_parameter(std::string message) {
  return user_error("InvalidParameterValueException", std::move(message), 400);
}
inline auto not_found(std::string message) {
  return user_error("ResourceNotFoundException", std::move(message), 404);
}
inline auto function_not_found(std::string_view arn) {
  return not_found(fmt::format("Function not found: {}", arn));
}
inline auto conflict(std::string message) {
  return user_error("ResourceConflictException", std::move(message), 409);
}
inline auto revision_mismatch() {
  return user_error("PreconditionFailedException",
                    "The Revision Id provided does not match the latest Revision Id. Call the "
                    "GetFunction/GetAlias API to retrieve the latest Revision Id",
                    412);
}
// Something AWS has and this room does not do. Never silently ignored.
inline auto not_served(std::string_view what) {
  return invalid_parameter(fmt::format("Seatrial does not serve {} yet; nothing was done", what));
}
inline auto throttled() {
  auto error = user_error("TooManyRequestsException", "Rate Exceeded.", 429);
  error.error().details.get_object()["Reason"] = "ConcurrentInvocationLimitExceeded";
  return error;
}

}  // namespace seatrial::services::lambda

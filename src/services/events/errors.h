// EventBridge's errors, in AWS's words.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::events {

using room::fail;
using Failure = std::unexpected<model::AwsError>;

inline Failure validation(std::string message) {
  return fail("ValidationException", std::move(message));
}
inline Failure not_found(std::string message) {
  return fail("ResourceNotFoundException", std::move(message));
}
// Something AWS has and this room does not do. Never silently ignored.
inline Failure not_served(std::string_view what) {
  return validation(fmt::format("Seatrial does not serve {} yet; nothing was done", what));
}

}  // namespace seatrial::services::events

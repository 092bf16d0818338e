// Application Auto Scaling's errors.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::application_autoscaling {

inline auto validation(std::string message) {
  return room::fail("ValidationException", std::move(message));
}
inline auto object_not_found(std::string message) {
  return room::fail("ObjectNotFoundException", std::move(message));
}
// Something AWS has and this room does not do. Never silently ignored.
inline auto not_served(std::string_view what) {
  return validation(fmt::format("Seatrial does not serve {} yet; nothing was done", what));
}

}  // namespace seatrial::services::application_autoscaling

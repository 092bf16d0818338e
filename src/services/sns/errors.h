// SNS's errors, in AWS's words.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::sns {

using room::fail;
using Failure = std::unexpected<model::AwsError>;

inline Failure invalid(std::string_view what) {
  return fail("InvalidParameter", fmt::format("Invalid parameter: {}", what));
}
inline Failure topic_not_found() { return fail("NotFound", "Topic does not exist", 404); }
inline Failure subscription_not_found() {
  return fail("NotFound", "Subscription does not exist", 404);
}
inline Failure resource_not_found() {
  return fail("ResourceNotFound", "Resource does not exist", 404);
}
// Something AWS has and this room does not do. Never silently ignored.
inline Failure not_served(std::string_view what) {
  return invalid(fmt::format("Seatrial does not serve {} yet; nothing was done", what));
}

}  // namespace seatrial::services::sns

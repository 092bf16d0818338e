// The errors of CloudTrail, in AWS's words.
#pragma once
#include <string>

#include "model/aws_error.h"

namespace seatrial::services::cloudtrail {

inline auto trail_not_found(const std::string& name) {
  return model::fail("TrailNotFoundException", "Unknown trail: " + name);
}
inline auto trail_exists(const std::string& name) {
  return model::fail("TrailAlreadyExistsException",
                     "Trail " + name + " already exists for customer.");
}
inline auto invalid_trail_name(std::string message) {
  return model::fail("InvalidTrailNameException", std::move(message));
}
inline auto not_served(const std::string& member, const std::string& why) {
  return model::fail("UnsupportedOperationException",
                     "Seatrial does not serve " + member + ": " + why);
}

}  // namespace seatrial::services::cloudtrail

// Firehose's errors, in AWS's words.
#pragma once
#include <fmt/format.h>

#include <string>

#include "model/aws_error.h"

namespace seatrial::services::firehose {

inline auto invalid_argument(std::string message) {
  return model::fail("InvalidArgumentException", std::move(message));
}
// Something AWS has and this room does not do. Never silently ignored.
inline auto not_served(std::string_view what) {
  return invalid_argument(fmt::format("Seatrial does not serve {} yet; nothing was done.", what));
}
inline auto stream_not_found(std::string_view name, std::string_view account) {
  return model::fail("ResourceNotFoundException",
                     fmt::format("Firehose {} under account {} not found.", name, account));
}
inline auto stream_exists(std::string_view name, std::string_view account) {
  return model::fail("ResourceInUseException",
                     fmt::format("Firehose {} under accountId {} already exists", name, account));
}
inline auto slow_down() { return model::fail("ServiceUnavailableException", "Slow down.", 500); }

}  // namespace seatrial::services::firehose

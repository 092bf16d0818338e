// CloudFormation's errors, in its words.
#pragma once
#include <fmt/format.h>

#include "room/room.h"

namespace seatrial::services::cloudformation {

inline std::unexpected<model::AwsError> validation_error(std::string message) {
  return model::fail("ValidationError", std::move(message));
}

inline std::unexpected<model::AwsError> no_such_stack(std::string_view name) {
  return validation_error(fmt::format("Stack with id {} does not exist", name));
}

inline std::unexpected<model::AwsError> no_such_change_set(std::string_view name) {
  return model::fail("ChangeSetNotFound", fmt::format("ChangeSet [{}] does not exist", name), 404);
}

inline std::unexpected<model::AwsError> not_supported(std::string_view what) {
  return validation_error(fmt::format("{} is not supported by this implementation", what));
}

}  // namespace seatrial::services::cloudformation

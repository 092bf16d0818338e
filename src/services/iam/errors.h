// IAM's errors in AWS's words.
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::iam {

inline auto no_such_entity(std::string message) {
  return model::fail("NoSuchEntity", std::move(message), 404);
}
inline auto no_such_user(std::string_view name) {
  return no_such_entity("The user with name " + std::string(name) + " cannot be found.");
}
inline auto no_such_role(std::string_view name) {
  return no_such_entity("The role with name " + std::string(name) + " cannot be found.");
}
inline auto no_such_policy(std::string_view arn) {
  return no_such_entity("Policy " + std::string(arn) + " was not found.");
}
inline auto not_attachable(std::string_view arn) {
  return no_such_entity("Policy " + std::string(arn) + " does not exist or is not attachable.");
}
inline auto no_such_key(std::string_view id) {
  return no_such_entity("The Access Key with id " + std::string(id) + " cannot be found.");
}
inline auto already_exists(std::string message) {
  return model::fail("EntityAlreadyExists", std::move(message), 409);
}
inline auto delete_conflict(std::string message) {
  return model::fail("DeleteConflict", std::move(message), 409);
}
inline auto limit_exceeded(std::string message) {
  return model::fail("LimitExceeded", std::move(message), 409);
}
inline auto quota_exceeded(std::string_view quota, std::size_t limit) {
  return limit_exceeded("Cannot exceed quota for " + std::string(quota) + ": " +
                        std::to_string(limit));
}
inline auto malformed_policy(std::string message) {
  return model::fail("MalformedPolicyDocument", std::move(message));
}
inline auto invalid_input(std::string message) {
  return model::fail("InvalidInput", std::move(message));
}

}  // namespace seatrial::services::iam

// The secrets of a container, resolved at its start from Parameter Store and Secrets Manager.
#pragma once
#include <expected>
#include <map>

#include "services/ecs/parts.h"
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

// Where a valueFrom points: a parameter by name or ARN, or a secret's ARN, which may go on with
// ":json-key:version-stage:version-id" (each possibly empty).
struct SecretReference {
  bool in_secrets_manager = false;
  std::string region;  // empty: the task's own
  std::string id;      // name or ARN, without the addition
  std::string json_key, version_stage, version_id;
};
SecretReference parse_secret_reference(const std::string& value_from);

// Name to value; the error is the task's stoppedReason.
std::expected<std::map<std::string, std::string>, std::string> resolve_secrets(
    Parts& parts, const std::string& region, const shape::ContainerDefinition& container);

}  // namespace seatrial::services::ecs

// A secret's values: its versions and their staging labels.
#include <algorithm>

#include "base/encoding.h"
#include "services/secretsmanager/errors.h"
#include "services/secretsmanager/service.h"
#include "services/secretsmanager/versions.h"

namespace seatrial::services::secretsmanager {

room::Outcome<api::GetSecretValueResponse> SecretsManager::get_secret_value(
    Context& context, const api::GetSecretValueRequest& request) {
  const auto found = find_usable(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  const auto version = choose_version(*found->secret, request.VersionId.value_or(""),
                                      request.VersionStage.value_or(""));
  if (!version) return std::unexpected(version.error());
  api::GetSecretValueResponse reply;
  reply.ARN = found->secret->shape.ARN;
  reply.Name = found->secret->shape.Name;
  reply.VersionId = (*version)->id;
  reply.VersionStages = (*version)->stages;
  reply.CreatedDate = (*version)->created;
  ((*version)->binary ? reply.SecretBinary : reply.SecretString) = open(*found->secret, **version);
  // AWS tells the day of the last access only; so a read is a write once a day.
  const Time day = std::chrono::floor<std::chrono::days>(context.now);
  if ((*version)->last_accessed != day) {
    secrets_.update(found->key, [&](SecretRecord& record) {
      record.shape.LastAccessedDate = day;
      find_version(record, *reply.VersionId)->last_accessed = day;
    });
  }
  return reply;
}

room::Outcome<api::PutSecretValueResponse> SecretsManager::put_secret_value(
    Context& context, const api::PutSecretValueRequest& request) {
  if (request.RotationToken) {
    return invalid_parameter("Rotation by another identity is not served: remove RotationToken.");
  }
  const auto found = find_usable(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  if (!request.SecretString && !request.SecretBinary) {
    return invalid_request("You must provide either SecretString or SecretBinary.");
  }
  std::vector<std::string> stages = request.VersionStages;
  if (stages.empty()) stages.emplace_back(kCurrent);
  SecretRecord record = *found->secret;
  auto id = add_version(record, request.ClientRequestToken,
                        {request.SecretString, request.SecretBinary}, stages, context.now);
  if (!id) return std::unexpected(id.error());
  api::PutSecretValueResponse reply;
  reply.ARN = record.shape.ARN;
  reply.Name = record.shape.Name;
  reply.VersionId = *id;
  reply.VersionStages = find_version(record, *id)->stages;
  secrets_.put(found->key, std::move(record));
  return reply;
}

room::Outcome<api::UpdateSecretVersionStageResponse> SecretsManager::update_secret_version_stage(
    Context& context, const api::UpdateSecretVersionStageRequest& request) {
  const auto found = find_usable(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  SecretRecord record = *found->secret;
  const std::string& stage = request.VersionStage;
  for (const auto& id : {request.MoveToVersionId, request.RemoveFromVersionId}) {
    if (id && find_version(record, *id) == nullptr) return value_not_found("VersionId", *id);
  }
  const Version* holder = find_stage(record, stage);
  if (request.RemoveFromVersionId &&
      (holder == nullptr || holder->id != *request.RemoveFromVersionId)) {
    return invalid_parameter("The staging label " + stage + " is not attached to version " +
                             *request.RemoveFromVersionId + ".");
  }
  const bool moves =
      request.MoveToVersionId && holder != nullptr && holder->id != *request.MoveToVersionId;
  if (moves && !request.RemoveFromVersionId) {
    return invalid_parameter("The parameter RemoveFromVersionId can't be empty. Staging label " +
                             stage + " is currently attached to version " + holder->id +
                             ", so you must explicitly reference that version in "
                             "RemoveFromVersionId.");
  }
  if (!request.MoveToVersionId && stage == kCurrent) {
    return invalid_parameter(
        "You can only move staging label AWSCURRENT to a different secret version. It can't be "
        "completely removed.");
  }
  if (request.MoveToVersionId) {
    if (find_version(record, *request.MoveToVersionId)->stages.size() >= kStagesPerVersion) {
      return model::fail("LimitExceededException", "A version can have at most 20 staging labels.");
    }
    move_stage(record, stage, *request.MoveToVersionId);
  } else if (request.RemoveFromVersionId) {
    remove_stage(record, stage);
  }
  record.shape.LastChangedDate = context.now;
  api::UpdateSecretVersionStageResponse reply;
  reply.ARN = record.shape.ARN;
  reply.Name = record.shape.Name;
  secrets_.put(found->key, std::move(record));
  return reply;
}

room::Outcome<api::ListSecretVersionIdsResponse> SecretsManager::list_secret_version_ids(
    Context& context, const api::ListSecretVersionIdsRequest& request) {
  const auto found = find(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  api::ListSecretVersionIdsResponse reply;
  reply.ARN = found->secret->shape.ARN;
  reply.Name = found->secret->shape.Name;
  reply.Versions.given = true;
  const auto& versions = found->secret->versions;
  auto from = versions.begin();
  if (request.NextToken) {
    const auto last = base64_decode(*request.NextToken);
    from = std::ranges::find(versions, last.value_or(""), &Version::id);
    if (from == versions.end()) {
      return model::fail("InvalidNextTokenException", "The NextToken value is invalid.");
    }
    ++from;
  }
  const auto limit = static_cast<std::size_t>(request.MaxResults.value_or(kDefaultPage));
  for (; from != versions.end(); ++from) {
    if (from->stages.empty() && !request.IncludeDeprecated.value_or(false)) continue;
    if (reply.Versions.size() == limit) {
      reply.NextToken = base64_encode(*reply.Versions.back().VersionId);
      break;
    }
    api::SecretVersionsListEntry entry;
    entry.VersionId = from->id;
    if (!from->stages.empty()) entry.VersionStages = from->stages;
    entry.CreatedDate = from->created;
    entry.LastAccessedDate = from->last_accessed;
    entry.KmsKeyIds.emplace_back("DefaultEncryptionKey");
    reply.Versions.push_back(std::move(entry));
  }
  return reply;
}

}  // namespace seatrial::services::secretsmanager

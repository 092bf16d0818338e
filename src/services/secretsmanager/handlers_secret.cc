// Making, changing, deleting and restoring secrets, and their tags.
#include <algorithm>
#include <cctype>

#include "services/secretsmanager/errors.h"
#include "services/secretsmanager/service.h"
#include "services/secretsmanager/versions.h"

namespace seatrial::services::secretsmanager {
namespace {

constexpr const char* kDefaultKey = "alias/aws/secretsmanager";

// Six letters and digits, so that an ARN is never that of an earlier secret of the same name.
std::string arn_suffix(Rng& rng) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string suffix = "-";
  for (int i = 0; i < 6; ++i) suffix += kAlphabet[rng.below(kAlphabet.size())];
  return suffix;
}

model::Outcome<void> check_name(const std::string& name) {
  const bool good = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-/_+=.@!").find(c) != std::string_view::npos;
  });
  if (good) return {};
  return model::fail(
      "ValidationException",
      "Invalid name. Must be a valid name containing alphanumeric characters, or any "
      "of the following: -/_+=.@!");
}

model::Outcome<void> check_key(const std::optional<std::string>& key) {
  if (!key || *key == kDefaultKey || *key == "aws/secretsmanager") return {};
  return model::fail(
      "EncryptionFailure",
      "The key " + *key + " does not exist: KMS is not served here, use " + kDefaultKey + ".");
}

model::Outcome<void> check_unserved(const api::CreateSecretRequest& request) {
  if (!request.AddReplicaRegions.empty()) {
    return invalid_parameter(
        "Replication of secrets is not served here: remove AddReplicaRegions.");
  }
  if (request.Type)
    return invalid_parameter("Managed external secrets are not served: remove Type.");
  return check_key(request.KmsKeyId);
}

model::Outcome<void> merge_tags(model::List<api::Tag>& tags, const model::List<api::Tag>& more) {
  for (const auto& tag : more) {
    std::erase_if(tags, [&](const api::Tag& old) { return old.Key == tag.Key; });
    tags.push_back(tag);
  }
  if (tags.size() > kTagsPerSecret) {
    return invalid_parameter("A secret can have at most " + std::to_string(kTagsPerSecret) +
                             " tags.");
  }
  return {};
}

model::Outcome<int> recovery_days(const api::DeleteSecretRequest& request) {
  const bool force = request.ForceDeleteWithoutRecovery.value_or(false);
  if (force && request.RecoveryWindowInDays) {
    return invalid_parameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  const auto days = request.RecoveryWindowInDays.value_or(kDefaultRecoveryDays);
  if (days < kMinRecoveryDays || days > kDefaultRecoveryDays) {
    return invalid_parameter(
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  return force ? 0 : static_cast<int>(days);
}

}  // namespace

room::Outcome<api::CreateSecretResponse> SecretsManager::create_secret(
    Context& context, const api::CreateSecretRequest& request) {
  if (auto ok = check_name(request.Name); !ok) return std::unexpected(ok.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const Given given{request.SecretString, request.SecretBinary};
  const bool has_value = request.SecretString || request.SecretBinary;
  const std::string key = context.key(request.Name);
  api::CreateSecretResponse reply;
  if (const SecretRecord* old = secrets_.find(key)) {
    if (old->shape.DeletedDate) {
      return invalid_request(
          "You can't create this secret because a secret with this name is already scheduled for "
          "deletion.");
    }
    // A retry of the creation: same token, same value.
    SecretRecord copy = *old;
    const bool retried = has_value && request.ClientRequestToken &&
                         find_version(copy, *request.ClientRequestToken) != nullptr &&
                         add_version(copy, request.ClientRequestToken, given, {}, context.now);
    if (!retried) {
      return resource_exists("The operation failed because the secret " + request.Name +
                             " already exists.");
    }
    reply.ARN = old->shape.ARN;
    reply.Name = request.Name;
    reply.VersionId = request.ClientRequestToken;
    return reply;
  }
  SecretRecord record;
  record.shape.ARN =
      context.arn("secretsmanager", "secret:" + request.Name + arn_suffix(env_.rng)).text();
  record.shape.Name = request.Name;
  record.shape.Description = request.Description;
  record.shape.KmsKeyId = request.KmsKeyId;
  record.shape.CreatedDate = record.shape.LastChangedDate = context.now;
  if (auto ok = merge_tags(record.shape.Tags, request.Tags); !ok)
    return std::unexpected(ok.error());
  if (has_value) {
    auto id = add_version(record, request.ClientRequestToken, given, {std::string(kCurrent)},
                          context.now);
    if (!id) return std::unexpected(id.error());
    reply.VersionId = *id;
  }
  reply.ARN = record.shape.ARN;
  reply.Name = request.Name;
  secrets_.put(key, std::move(record));
  return reply;
}

room::Outcome<api::UpdateSecretResponse> SecretsManager::update_secret(
    Context& context, const api::UpdateSecretRequest& request) {
  const auto found = find_usable(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  if (auto ok = check_key(request.KmsKeyId); !ok) return std::unexpected(ok.error());
  if (request.Type)
    return invalid_parameter("Managed external secrets are not served: remove Type.");
  SecretRecord record = *found->secret;
  api::UpdateSecretResponse reply;
  if (request.SecretString || request.SecretBinary) {
    auto id = add_version(record, request.ClientRequestToken,
                          {request.SecretString, request.SecretBinary}, {std::string(kCurrent)},
                          context.now);
    if (!id) return std::unexpected(id.error());
    reply.VersionId = *id;
  }
  if (request.Description) record.shape.Description = request.Description;
  if (request.KmsKeyId) record.shape.KmsKeyId = request.KmsKeyId;
  record.shape.LastChangedDate = context.now;
  reply.ARN = record.shape.ARN;
  reply.Name = record.shape.Name;
  secrets_.put(found->key, std::move(record));
  return reply;
}

room::Outcome<api::DeleteSecretResponse> SecretsManager::delete_secret(
    Context& context, const api::DeleteSecretRequest& request) {
  const auto days = recovery_days(request);
  if (!days) return std::unexpected(days.error());
  const auto found = find(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  api::DeleteSecretResponse reply;
  reply.ARN = found->secret->shape.ARN;
  reply.Name = found->secret->shape.Name;
  reply.DeletionDate = context.now;
  if (*days == 0) {
    secrets_.erase(found->key);
    return reply;
  }
  if (found->secret->shape.DeletedDate) {
    return invalid_request(
        "You can't perform this operation on the secret because it was already scheduled for "
        "deletion.");
  }
  reply.DeletionDate = context.now + std::chrono::days(*days);
  secrets_.update(found->key,
                  [&](SecretRecord& record) { record.shape.DeletedDate = reply.DeletionDate; });
  purge_at(*reply.DeletionDate);
  return reply;
}

room::Outcome<api::RestoreSecretResponse> SecretsManager::restore_secret(
    Context& context, const api::RestoreSecretRequest& request) {
  const auto found = find(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  api::RestoreSecretResponse reply;
  reply.ARN = found->secret->shape.ARN;
  reply.Name = found->secret->shape.Name;
  secrets_.update(found->key, [](SecretRecord& record) { record.shape.DeletedDate.reset(); });
  return reply;
}

room::Outcome<model::Empty> SecretsManager::tag_resource(Context& context,
                                                         const api::TagResourceRequest& request) {
  const auto found = find_usable(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  SecretRecord record = *found->secret;
  if (auto ok = merge_tags(record.shape.Tags, request.Tags); !ok)
    return std::unexpected(ok.error());
  secrets_.put(found->key, std::move(record));
  return Empty{};
}

room::Outcome<model::Empty> SecretsManager::untag_resource(
    Context& context, const api::UntagResourceRequest& request) {
  const auto found = find_usable(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  secrets_.update(found->key, [&](SecretRecord& record) {
    for (const auto& name : request.TagKeys) {
      std::erase_if(record.shape.Tags, [&](const api::Tag& tag) { return tag.Key == name; });
    }
  });
  return Empty{};
}

}  // namespace seatrial::services::secretsmanager

#include "services/secretsmanager/service.h"

#include <algorithm>

#include "base/arn.h"
#include "services/secretsmanager/errors.h"
#include "services/secretsmanager/versions.h"

namespace seatrial::services::secretsmanager {
namespace {

constexpr std::size_t kSuffix = 7;  // "-AbCdEf" at the end of an ARN

std::string purpose_of(const SecretRecord& secret, const Version& version) {
  return "secretsmanager/" + *secret.shape.ARN + "/" + version.id;
}

room::Outcome<void> check_given(const std::optional<std::string>& text,
                                const std::optional<std::string>& bytes) {
  if (text && bytes) {
    return invalid_parameter(
        "You can't specify both a binary secret value and a string secret value in the same "
        "secret.");
  }
  const std::string& value = text ? *text : *bytes;
  if (value.empty()) return invalid_parameter("The secret value must not be empty.");
  if (value.size() > kMaxValueBytes) {
    return invalid_parameter("The secret value must not be longer than " +
                             std::to_string(kMaxValueBytes) + " bytes.");
  }
  return {};
}

// One key of a secret that is JSON, as text.
room::Outcome<std::string> json_member(const std::string& text, const std::string& key) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) {
    return invalid_parameter("The secret's value is not a JSON object, so it has no key " + key +
                             ".");
  }
  const Value* member = find_member(*parsed, key);
  if (member == nullptr) {
    return model::fail("ResourceNotFoundException",
                       "The secret's value does not contain the JSON key " + key + ".");
  }
  return member->is_string() ? std::string(as_view(member->get_string())) : to_json(*member);
}

}  // namespace

SecretsManager::SecretsManager(room::Env& env)
    : Room(env, "secretsmanager"), secrets_(env.store, "secretsmanager.secret") {
  serve<api::CreateSecretOp>(&SecretsManager::create_secret);
  serve<api::UpdateSecretOp>(&SecretsManager::update_secret);
  serve<api::DeleteSecretOp>(&SecretsManager::delete_secret);
  serve<api::RestoreSecretOp>(&SecretsManager::restore_secret);
  serve<api::TagResourceOp>(&SecretsManager::tag_resource);
  serve<api::UntagResourceOp>(&SecretsManager::untag_resource);
  serve<api::GetSecretValueOp>(&SecretsManager::get_secret_value);
  serve<api::PutSecretValueOp>(&SecretsManager::put_secret_value);
  serve<api::UpdateSecretVersionStageOp>(&SecretsManager::update_secret_version_stage);
  serve<api::ListSecretVersionIdsOp>(&SecretsManager::list_secret_version_ids);
  serve<api::DescribeSecretOp>(&SecretsManager::describe_secret);
  serve<api::ListSecretsOp>(&SecretsManager::list_secrets);
  serve<api::GetRandomPasswordOp>(&SecretsManager::get_random_password);
}

void SecretsManager::start() {
  for (const auto& [key, secret] : secrets_) {
    if (secret.shape.DeletedDate) purge_at(*secret.shape.DeletedDate);
  }
}

void SecretsManager::purge_at(Time when) {
  const Millis delay = std::max(when - env_.clock.now(), Millis(0));
  env_.control.post_after(delay, [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) purge_due();
  });
}

void SecretsManager::purge_due() {
  std::vector<std::string> due;
  for (const auto& [key, secret] : secrets_) {
    if (secret.shape.DeletedDate && *secret.shape.DeletedDate <= env_.clock.now())
      due.push_back(key);
  }
  if (due.empty()) return;
  transact([&] {
    for (const auto& key : due) secrets_.erase(key);
  });
}

room::Outcome<SecretsManager::Found> SecretsManager::find(const std::string& region,
                                                          const std::string& id) const {
  const auto arn = parse_arn(id);
  if (!arn) {
    const std::string key = region + "/" + id;
    const SecretRecord* secret = secrets_.find(key);
    if (secret == nullptr) return not_found();
    return Found{key, secret};
  }
  const bool here = arn->region == region && arn->account == env_.account;
  if (!here || !arn->resource.starts_with("secret:")) return not_found();
  const std::string name = arn->resource.substr(7);
  if (name.size() > kSuffix) {
    const std::string key = region + "/" + name.substr(0, name.size() - kSuffix);
    const SecretRecord* secret = secrets_.find(key);
    if (secret != nullptr && secret->shape.ARN == id) return Found{key, secret};
  }
  const std::string key = region + "/" + name;
  const SecretRecord* secret = secrets_.find(key);
  if (secret == nullptr) return not_found();
  return Found{key, secret};
}

room::Outcome<SecretsManager::Found> SecretsManager::find_usable(const std::string& region,
                                                                 const std::string& id) const {
  auto found = find(region, id);
  if (found && found->secret->shape.DeletedDate) return marked_for_deletion();
  return found;
}

room::Outcome<const Version*> SecretsManager::choose_version(const SecretRecord& secret,
                                                             const std::string& version_id,
                                                             const std::string& stage) const {
  if (version_id.empty()) {
    const std::string wanted = stage.empty() ? std::string(kCurrent) : stage;
    const Version* version = find_stage(secret, wanted);
    if (version == nullptr) return value_not_found("staging label", wanted);
    return version;
  }
  const Version* version = find_version(secret, version_id);
  if (version == nullptr) return value_not_found("VersionId", version_id);
  if (!stage.empty() && std::ranges::find(version->stages, stage) == version->stages.end()) {
    return invalid_request(
        "You provided a VersionStage that is not associated to the provided VersionId.");
  }
  return version;
}

room::Outcome<std::string> SecretsManager::add_version(SecretRecord& secret,
                                                       const std::optional<std::string>& token,
                                                       const Given& given,
                                                       const std::vector<std::string>& stages,
                                                       Time now) {
  if (auto ok = check_given(given.text, given.bytes); !ok) return std::unexpected(ok.error());
  const std::string& plain = given.text ? *given.text : *given.bytes;
  const std::string id = token ? *token : env_.rng.uuid();
  if (const Version* old = find_version(secret, id)) {
    if (old->binary == given.bytes.has_value() && open(secret, *old) == plain) return id;
    return resource_exists("You can't use ClientRequestToken " + id +
                           " because that value is already in use for a version of secret " +
                           *secret.shape.ARN + ".");
  }
  Version version{id, {}, "", given.bytes.has_value(), now, std::nullopt};
  version.sealed = env_.vault.seal(plain, purpose_of(secret, version));
  secret.versions.push_back(std::move(version));
  for (const auto& stage : stages) move_stage(secret, stage, id);
  secret.shape.LastChangedDate = now;
  if (auto ok = make_room(secret); !ok) return std::unexpected(ok.error());
  return id;
}

std::string SecretsManager::open(const SecretRecord& secret, const Version& version) const {
  return env_.vault.open_sealed(version.sealed, purpose_of(secret, version));
}

room::Outcome<std::string> SecretsManager::value(const std::string& region,
                                                 const std::string& id_or_arn,
                                                 const std::string& json_key,
                                                 const std::string& version_stage,
                                                 const std::string& version_id) {
  const auto arn = parse_arn(id_or_arn);
  const auto found = find_usable(arn ? arn->region : region, id_or_arn);
  if (!found) return std::unexpected(found.error());
  const auto version = choose_version(*found->secret, version_id, version_stage);
  if (!version) return std::unexpected(version.error());
  if ((*version)->binary) {
    return invalid_parameter("The secret " + *found->secret->shape.Name +
                             " is binary, not a string.");
  }
  const std::string text = open(*found->secret, **version);
  return json_key.empty() ? text : json_member(text, json_key);
}

}  // namespace seatrial::services::secretsmanager

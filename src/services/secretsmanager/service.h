// AWS Secrets Manager. Values are sealed by the world's vault; there is no KMS and no rotation.
//
// A secret marked for deletion is purged by a timer of world time, set when it is marked and, for
// those marked earlier, at start.
#pragma once
#include <memory>
#include <string>

#include "room/room.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/store.h"

namespace seatrial::services::secretsmanager {

constexpr std::size_t kMaxValueBytes = 65536;
constexpr std::size_t kTagsPerSecret = 50;
constexpr int kDefaultRecoveryDays = 30;
constexpr int kMinRecoveryDays = 7;
constexpr int kDefaultPage = 100;

class SecretsManager final : public room::Room, public Secrets {
 public:
  explicit SecretsManager(room::Env& env);

  void start() override;
  room::Outcome<std::string> value(const std::string& region, const std::string& id_or_arn,
                                   const std::string& json_key, const std::string& version_stage,
                                   const std::string& version_id) override;

 private:
  template <class T>
  using Reply = room::Outcome<T>;
  using Context = room::Context;
  using Empty = model::Empty;

  Reply<api::CreateSecretResponse> create_secret(Context&, const api::CreateSecretRequest&);
  Reply<api::UpdateSecretResponse> update_secret(Context&, const api::UpdateSecretRequest&);
  Reply<api::DeleteSecretResponse> delete_secret(Context&, const api::DeleteSecretRequest&);
  Reply<api::RestoreSecretResponse> restore_secret(Context&, const api::RestoreSecretRequest&);
  Reply<Empty> tag_resource(Context&, const api::TagResourceRequest&);
  Reply<Empty> untag_resource(Context&, const api::UntagResourceRequest&);

  Reply<api::GetSecretValueResponse> get_secret_value(Context&, const api::GetSecretValueRequest&);
  Reply<api::PutSecretValueResponse> put_secret_value(Context&, const api::PutSecretValueRequest&);
  Reply<api::UpdateSecretVersionStageResponse> update_secret_version_stage(
      Context&, const api::UpdateSecretVersionStageRequest&);
  Reply<api::ListSecretVersionIdsResponse> list_secret_version_ids(
      Context&, const api::ListSecretVersionIdsRequest&);

  Reply<api::DescribeSecretResponse> describe_secret(Context&, const api::DescribeSecretRequest&);
  Reply<api::ListSecretsResponse> list_secrets(Context&, const api::ListSecretsRequest&);
  Reply<api::GetRandomPasswordResponse> get_random_password(Context&,
                                                            const api::GetRandomPasswordRequest&);

  struct Found {
    std::string key;  // "region/name"
    const SecretRecord* secret;
  };
  // By name, ARN or ARN without its random suffix; marked for deletion or not.
  Reply<Found> find(const std::string& region, const std::string& id) const;
  Reply<Found> find_usable(const std::string& region, const std::string& id) const;
  Reply<const Version*> choose_version(const SecretRecord& secret, const std::string& version_id,
                                       const std::string& stage) const;

  // A value as a request gives it, at most one of the two.
  struct Given {
    const std::optional<std::string>& text;
    const std::optional<std::string>& bytes;
  };
  // Adds a version under the token with these labels. The same token with the same value changes
  // nothing; with another value it is a ResourceExistsException.
  Reply<std::string> add_version(SecretRecord& secret, const std::optional<std::string>& token,
                                 const Given& given, const std::vector<std::string>& stages,
                                 Time now);
  std::string open(const SecretRecord& secret, const Version& version) const;

  void purge_at(Time when);
  void purge_due();

  store::Table<SecretRecord> secrets_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // timers outlive the room
};

}  // namespace seatrial::services::secretsmanager

#include "services/iam/service.h"

#include <algorithm>

#include "base/check.h"
#include "services/iam/errors.h"
#include "services/iam/managed_policies.h"

namespace seatrial::services::iam {
namespace {

std::string make_secret(Rng& rng) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string secret;
  for (int i = 0; i < 40; ++i) secret += kAlphabet[rng.below(kAlphabet.size())];
  return secret;
}

std::string purpose_of(const std::string& key_id) { return "iam/" + key_id; }

}  // namespace

Iam::Iam(room::Env& env, room::Credentials& credentials)
    : Room(env, "iam"), tables_(env.store), credentials_(credentials) {
  serve_users();
  serve_roles();
  serve_policies();
  publish_credentials();
}

void Iam::serve_users() {
  serve<api::CreateUserOp>(&Iam::create_user);
  serve<api::GetUserOp>(&Iam::get_user);
  serve<api::ListUsersOp>(&Iam::list_users);
  serve<api::DeleteUserOp>(&Iam::delete_user);
  serve<api::CreateAccessKeyOp>(&Iam::create_access_key);
  serve<api::ListAccessKeysOp>(&Iam::list_access_keys);
  serve<api::UpdateAccessKeyOp>(&Iam::update_access_key);
  serve<api::DeleteAccessKeyOp>(&Iam::delete_access_key);
  serve<api::PutUserPolicyOp>(&Iam::put_user_policy);
  serve<api::GetUserPolicyOp>(&Iam::get_user_policy);
  serve<api::ListUserPoliciesOp>(&Iam::list_user_policies);
  serve<api::DeleteUserPolicyOp>(&Iam::delete_user_policy);
  serve<api::AttachUserPolicyOp>(&Iam::attach_user_policy);
  serve<api::DetachUserPolicyOp>(&Iam::detach_user_policy);
  serve<api::ListAttachedUserPoliciesOp>(&Iam::list_attached_user_policies);
}

void Iam::serve_roles() {
  serve<api::CreateRoleOp>(&Iam::create_role);
  serve<api::GetRoleOp>(&Iam::get_role);
  serve<api::ListRolesOp>(&Iam::list_roles);
  serve<api::DeleteRoleOp>(&Iam::delete_role);
  serve<api::UpdateAssumeRolePolicyOp>(&Iam::update_assume_role_policy);
  serve<api::TagRoleOp>(&Iam::tag_role);
  serve<api::UntagRoleOp>(&Iam::untag_role);
  serve<api::ListRoleTagsOp>(&Iam::list_role_tags);
  serve<api::ListInstanceProfilesForRoleOp>(&Iam::list_instance_profiles_for_role);
  serve<api::PutRolePolicyOp>(&Iam::put_role_policy);
  serve<api::GetRolePolicyOp>(&Iam::get_role_policy);
  serve<api::ListRolePoliciesOp>(&Iam::list_role_policies);
  serve<api::DeleteRolePolicyOp>(&Iam::delete_role_policy);
  serve<api::AttachRolePolicyOp>(&Iam::attach_role_policy);
  serve<api::DetachRolePolicyOp>(&Iam::detach_role_policy);
  serve<api::ListAttachedRolePoliciesOp>(&Iam::list_attached_role_policies);
}

void Iam::serve_policies() {
  serve<api::CreatePolicyOp>(&Iam::create_policy);
  serve<api::GetPolicyOp>(&Iam::get_policy);
  serve<api::ListPoliciesOp>(&Iam::list_policies);
  serve<api::DeletePolicyOp>(&Iam::delete_policy);
  serve<api::CreatePolicyVersionOp>(&Iam::create_policy_version);
  serve<api::GetPolicyVersionOp>(&Iam::get_policy_version);
  serve<api::ListPolicyVersionsOp>(&Iam::list_policy_versions);
}

RootKey Iam::ensure_root_key() {
  for (const auto& [id, key] : tables_.keys) {
    if (key.of_world) return {id, secret_of(id, key)};
  }
  RootKey made;
  transact([&] {
    const auto key = make_key("", true);
    made = {key.AccessKeyId, key.SecretAccessKey};
  });
  env_.store.flush();
  publish_credentials();
  return made;
}

api::AccessKey Iam::make_key(const std::string& user, bool of_world) {
  api::AccessKey key;
  key.UserName = user;
  do {
    key.AccessKeyId = "AKIA" + env_.rng.alphanumeric(16);
  } while (tables_.keys.contains(key.AccessKeyId));
  key.SecretAccessKey = make_secret(env_.rng);
  key.Status = api::statusType::Active;
  key.CreateDate = env_.clock.now();
  tables_.keys.put(key.AccessKeyId,
                   {user, env_.vault.seal(key.SecretAccessKey, purpose_of(key.AccessKeyId)),
                    key.Status, *key.CreateDate, of_world});
  return key;
}

std::string Iam::secret_of(const std::string& id, const AccessKeyRecord& key) const {
  return env_.vault.open_sealed(key.sealed_secret, purpose_of(id));
}

void Iam::publish_credentials() {
  room::Credentials::Map map;
  for (const auto& [id, key] : tables_.keys) {
    const bool active = key.status == api::statusType::Active;
    if (key.user.empty()) {
      map[id] = {secret_of(id, key), root_arn(), env_.account, active};
      continue;
    }
    const UserRecord* user = tables_.users.find(key.user);
    ST_CHECK(user != nullptr, "an access key outlived its user");
    map[id] = {secret_of(id, key), user->shape.Arn, user->shape.UserId, active};
  }
  map.insert(sessions_.begin(), sessions_.end());
  credentials_.replace(std::move(map));
}

void Iam::count_uses(api::Policy& policy) const {
  int attached = 0, boundaries = 0;
  const auto count = [&](const auto& principals) {
    for (const auto& [name, record] : principals) {
      attached += static_cast<int>(std::ranges::count(record.attached, *policy.Arn));
      const auto& boundary = record.shape.PermissionsBoundary;
      if (boundary && boundary->PermissionsBoundaryArn == policy.Arn) ++boundaries;
    }
  };
  count(tables_.users);
  count(tables_.roles);
  policy.AttachmentCount = attached;
  policy.PermissionsBoundaryUsageCount = boundaries;
}

std::optional<api::Policy> Iam::find_policy(const std::string& arn) const {
  auto policy = managed_policy(arn);
  if (const PolicyRecord* own = tables_.policies.find(arn)) policy = own->shape;
  if (policy) count_uses(*policy);
  return policy;
}

room::Outcome<std::optional<api::AttachedPermissionsBoundary>> Iam::boundary(
    const std::optional<std::string>& arn) const {
  if (!arn) return std::nullopt;
  if (!find_policy(*arn)) return not_attachable(*arn);
  return api::AttachedPermissionsBoundary{"Policy", *arn};
}

}  // namespace seatrial::services::iam

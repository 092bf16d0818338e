// AWS Identity and Access Management: who may sign requests, and the roles and policies that a
// system names. Policies are checked and kept, not evaluated: whoever signs may do everything.
//
// The keys live in the tables; the gateway's threads see them through room::Credentials, which is
// replaced as a whole from the tables after each change of a key or user.
#pragma once
#include <string>

#include "room/credentials.h"
#include "room/room.h"
#include "services/iam/api.h"
#include "services/iam/store.h"

namespace seatrial::services::iam {

constexpr std::size_t kAccessKeysPerUser = 2;
constexpr std::size_t kAttachedPoliciesPerPrincipal = 10;
constexpr std::size_t kVersionsPerPolicy = 5;
constexpr std::size_t kTagsPerResource = 50;
constexpr std::size_t kInlineSizePerUser = 2048;
constexpr std::size_t kInlineSizePerRole = 10240;
constexpr std::size_t kTrustPolicySize = 2048;
constexpr std::size_t kManagedPolicySize = 6144;

class Iam final : public room::Room, public Users, public RoleSessions {
 public:
  // `credentials` outlives the room.
  Iam(room::Env& env, room::Credentials& credentials);

  RootKey ensure_root_key() override;

  bool can_assume(const std::string& role_arn, const std::string& service) const override;
  SessionKey open_session(const std::string& role_arn, const std::string& session) override;
  void close_session(const std::string& access_key_id) override;

 private:
  template <class T>
  using Reply = room::Outcome<T>;
  using Context = room::Context;
  using Empty = model::Empty;

  void serve_users();
  void serve_roles();
  void serve_policies();

  Reply<api::CreateUserResponse> create_user(Context&, const api::CreateUserRequest&);
  Reply<api::GetUserResponse> get_user(Context&, const api::GetUserRequest&);
  Reply<api::ListUsersResponse> list_users(Context&, const api::ListUsersRequest&);
  Reply<Empty> delete_user(Context&, const api::DeleteUserRequest&);

  Reply<api::CreateAccessKeyResponse> create_access_key(Context&,
                                                        const api::CreateAccessKeyRequest&);
  Reply<api::ListAccessKeysResponse> list_access_keys(Context&, const api::ListAccessKeysRequest&);
  Reply<Empty> update_access_key(Context&, const api::UpdateAccessKeyRequest&);
  Reply<Empty> delete_access_key(Context&, const api::DeleteAccessKeyRequest&);

  Reply<api::CreateRoleResponse> create_role(Context&, const api::CreateRoleRequest&);
  Reply<api::GetRoleResponse> get_role(Context&, const api::GetRoleRequest&);
  Reply<api::ListRolesResponse> list_roles(Context&, const api::ListRolesRequest&);
  Reply<Empty> delete_role(Context&, const api::DeleteRoleRequest&);
  Reply<Empty> update_assume_role_policy(Context&, const api::UpdateAssumeRolePolicyRequest&);
  Reply<Empty> tag_role(Context&, const api::TagRoleRequest&);
  Reply<Empty> untag_role(Context&, const api::UntagRoleRequest&);
  Reply<api::ListRoleTagsResponse> list_role_tags(Context&, const api::ListRoleTagsRequest&);
  Reply<api::ListInstanceProfilesForRoleResponse> list_instance_profiles_for_role(
      Context&, const api::ListInstanceProfilesForRoleRequest&);

  Reply<Empty> put_role_policy(Context&, const api::PutRolePolicyRequest&);
  Reply<api::GetRolePolicyResponse> get_role_policy(Context&, const api::GetRolePolicyRequest&);
  Reply<api::ListRolePoliciesResponse> list_role_policies(Context&,
                                                          const api::ListRolePoliciesRequest&);
  Reply<Empty> delete_role_policy(Context&, const api::DeleteRolePolicyRequest&);
  Reply<Empty> attach_role_policy(Context&, const api::AttachRolePolicyRequest&);
  Reply<Empty> detach_role_policy(Context&, const api::DetachRolePolicyRequest&);
  Reply<api::ListAttachedRolePoliciesResponse> list_attached_role_policies(
      Context&, const api::ListAttachedRolePoliciesRequest&);

  Reply<Empty> put_user_policy(Context&, const api::PutUserPolicyRequest&);
  Reply<api::GetUserPolicyResponse> get_user_policy(Context&, const api::GetUserPolicyRequest&);
  Reply<api::ListUserPoliciesResponse> list_user_policies(Context&,
                                                          const api::ListUserPoliciesRequest&);
  Reply<Empty> delete_user_policy(Context&, const api::DeleteUserPolicyRequest&);
  Reply<Empty> attach_user_policy(Context&, const api::AttachUserPolicyRequest&);
  Reply<Empty> detach_user_policy(Context&, const api::DetachUserPolicyRequest&);
  Reply<api::ListAttachedUserPoliciesResponse> list_attached_user_policies(
      Context&, const api::ListAttachedUserPoliciesRequest&);

  Reply<api::CreatePolicyResponse> create_policy(Context&, const api::CreatePolicyRequest&);
  Reply<api::GetPolicyResponse> get_policy(Context&, const api::GetPolicyRequest&);
  Reply<api::ListPoliciesResponse> list_policies(Context&, const api::ListPoliciesRequest&);
  Reply<Empty> delete_policy(Context&, const api::DeletePolicyRequest&);
  Reply<api::CreatePolicyVersionResponse> create_policy_version(
      Context&, const api::CreatePolicyVersionRequest&);
  Reply<api::GetPolicyVersionResponse> get_policy_version(Context&,
                                                          const api::GetPolicyVersionRequest&);
  Reply<api::ListPolicyVersionsResponse> list_policy_versions(
      Context&, const api::ListPolicyVersionsRequest&);

  // The user a request is about: the one named, else the signer; empty for the root.
  Reply<std::string> user_of(const Context& context, const std::optional<std::string>& name) const;
  std::string root_arn() const { return "arn:aws:iam::" + env_.account + ":root"; }
  // Puts a new key of a user (empty: the root) and gives its secret.
  api::AccessKey make_key(const std::string& user, bool of_world);
  const AccessKeyRecord* key_of(const std::string& id, const std::string& user) const;
  std::string secret_of(const std::string& id, const AccessKeyRecord& key) const;
  void publish_credentials();

  // A managed policy, AWS's or the account's, with its counts; none when unknown.
  std::optional<api::Policy> find_policy(const std::string& arn) const;
  void count_uses(api::Policy& policy) const;
  Reply<std::optional<api::AttachedPermissionsBoundary>> boundary(
      const std::optional<std::string>& arn) const;

  const RoleRecord* role_of(const std::string& arn) const;

  Tables tables_;
  room::Credentials& credentials_;
  room::Credentials::Map sessions_;  // of roles that services have assumed
};

}  // namespace seatrial::services::iam

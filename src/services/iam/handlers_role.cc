// Roles: their trust policy and tags. Their policies are in handlers_role_policy.cc.
#include "services/iam/errors.h"
#include "services/iam/paging.h"
#include "services/iam/principals.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {
namespace {

constexpr int kDefaultSessionSeconds = 3600;

api::Role encoded(api::Role role) {
  role.AssumeRolePolicyDocument = percent_encode(role.AssumeRolePolicyDocument.value_or(""));
  return role;
}

// In lists roles come without tags, boundary and last use, as the API documents.
api::Role listed(api::Role role) {
  role.Tags = {};
  role.PermissionsBoundary.reset();
  return encoded(std::move(role));
}

model::Outcome<void> check_trust(const std::string& document) {
  if (auto ok = check_policy_document(document, PolicyKind::kTrust); !ok) return ok;
  if (policy_size(document) > kTrustPolicySize) {
    return quota_exceeded("ACLSizePerRole", kTrustPolicySize);
  }
  return {};
}

}  // namespace

room::Outcome<api::CreateRoleResponse> Iam::create_role(Context& context,
                                                        const api::CreateRoleRequest& request) {
  if (name_taken(tables_.roles, request.RoleName)) {
    return already_exists("Role with name " + request.RoleName + " already exists.");
  }
  if (auto ok = check_trust(request.AssumeRolePolicyDocument); !ok) {
    return std::unexpected(ok.error());
  }
  if (auto ok = check_tags(request.Tags); !ok) return std::unexpected(ok.error());
  auto limits = boundary(request.PermissionsBoundary);
  if (!limits) return std::unexpected(limits.error());
  RoleRecord record;
  api::Role& role = record.shape;
  role.Path = request.Path.value_or("/");
  role.RoleName = request.RoleName;
  role.RoleId = "AROA" + env_.rng.alphanumeric(17);
  role.Arn = "arn:aws:iam::" + env_.account + ":role" + role.Path + role.RoleName;
  role.CreateDate = context.now;
  role.AssumeRolePolicyDocument = request.AssumeRolePolicyDocument;
  role.Description = request.Description;
  role.MaxSessionDuration = request.MaxSessionDuration.value_or(kDefaultSessionSeconds);
  role.PermissionsBoundary = *limits;
  role.Tags = request.Tags;
  api::CreateRoleResponse reply;
  reply.Role = encoded(tables_.roles.put(role.RoleName, record).shape);
  return reply;
}

room::Outcome<api::GetRoleResponse> Iam::get_role(Context&, const api::GetRoleRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  api::GetRoleResponse reply;
  reply.Role = encoded(role->shape);
  reply.Role.RoleLastUsed.emplace();  // never used: there is no AssumeRole here
  return reply;
}

room::Outcome<api::ListRolesResponse> Iam::list_roles(Context&,
                                                      const api::ListRolesRequest& request) {
  std::vector<std::pair<std::string, api::Role>> roles;
  for (const auto& [name, record] : tables_.roles) {
    if (!record.shape.Path.starts_with(request.PathPrefix.value_or("/"))) continue;
    roles.emplace_back(name, listed(record.shape));
  }
  return page(request, api::ListRolesResponse{}, &api::ListRolesResponse::Roles, std::move(roles));
}

room::Outcome<model::Empty> Iam::delete_role(Context&, const api::DeleteRoleRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  if (auto ok = check_deletable(*role); !ok) return std::unexpected(ok.error());
  tables_.roles.erase(request.RoleName);
  return model::Empty{};
}

room::Outcome<model::Empty> Iam::update_assume_role_policy(
    Context&, const api::UpdateAssumeRolePolicyRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  if (auto ok = check_trust(request.PolicyDocument); !ok) return std::unexpected(ok.error());
  tables_.roles.update(request.RoleName, [&](RoleRecord& record) {
    record.shape.AssumeRolePolicyDocument = request.PolicyDocument;
  });
  return model::Empty{};
}

room::Outcome<model::Empty> Iam::tag_role(Context&, const api::TagRoleRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  if (auto ok = check_tags(request.Tags); !ok) return std::unexpected(ok.error());
  return change_record(tables_.roles, request.RoleName, *role, [&](RoleRecord& record) {
    auto& tags = record.shape.Tags;
    for (const auto& tag : request.Tags) {
      std::erase_if(tags, [&](const api::Tag& old) { return boost::iequals(old.Key, tag.Key); });
      tags.push_back(tag);
    }
    return check_tags(tags);
  });
}

room::Outcome<model::Empty> Iam::untag_role(Context&, const api::UntagRoleRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  tables_.roles.update(request.RoleName, [&](RoleRecord& record) {
    for (const auto& key : request.TagKeys) {
      std::erase_if(record.shape.Tags,
                    [&](const api::Tag& tag) { return boost::iequals(tag.Key, key); });
    }
  });
  return model::Empty{};
}

room::Outcome<api::ListRoleTagsResponse> Iam::list_role_tags(
    Context&, const api::ListRoleTagsRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  std::vector<std::pair<std::string, api::Tag>> tags;
  for (const auto& tag : role->shape.Tags) tags.emplace_back(tag.Key, tag);
  std::ranges::sort(tags, {}, &std::pair<std::string, api::Tag>::first);
  return page(request, api::ListRoleTagsResponse{}, &api::ListRoleTagsResponse::Tags,
              std::move(tags));
}

// There are no instance profiles: nothing here can make one.
room::Outcome<api::ListInstanceProfilesForRoleResponse> Iam::list_instance_profiles_for_role(
    Context&, const api::ListInstanceProfilesForRoleRequest& request) {
  if (!tables_.roles.contains(request.RoleName)) return no_such_role(request.RoleName);
  api::ListInstanceProfilesForRoleResponse reply;
  reply.InstanceProfiles.given = true;
  reply.IsTruncated = false;
  return reply;
}

}  // namespace seatrial::services::iam

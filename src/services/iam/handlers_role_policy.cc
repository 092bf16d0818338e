// The policies of roles, inline and attached.
#include "services/iam/errors.h"
#include "services/iam/paging.h"
#include "services/iam/principals.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {

room::Outcome<model::Empty> Iam::put_role_policy(Context&,
                                                 const api::PutRolePolicyRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  return change_record(tables_.roles, request.RoleName, *role, [&](RoleRecord& record) {
    return put_inline(record, request.PolicyName, request.PolicyDocument, kInlineSizePerRole,
                      "role " + request.RoleName);
  });
}

room::Outcome<api::GetRolePolicyResponse> Iam::get_role_policy(
    Context&, const api::GetRolePolicyRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  const auto policy = role->inline_policies.find(request.PolicyName);
  if (policy == role->inline_policies.end()) {
    return no_such_entity("The role policy with name " + request.PolicyName + " cannot be found.");
  }
  return api::GetRolePolicyResponse{request.RoleName, request.PolicyName,
                                    percent_encode(policy->second)};
}

room::Outcome<api::ListRolePoliciesResponse> Iam::list_role_policies(
    Context&, const api::ListRolePoliciesRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  return page(request, api::ListRolePoliciesResponse{}, &api::ListRolePoliciesResponse::PolicyNames,
              inline_names(*role));
}

room::Outcome<model::Empty> Iam::delete_role_policy(Context&,
                                                    const api::DeleteRolePolicyRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  return change_record(tables_.roles, request.RoleName, *role,
                       [&](RoleRecord& record) -> model::Outcome<void> {
                         if (record.inline_policies.erase(request.PolicyName) > 0) return {};
                         return no_such_entity("The role policy with name " + request.PolicyName +
                                               " cannot be found.");
                       });
}

room::Outcome<model::Empty> Iam::attach_role_policy(Context&,
                                                    const api::AttachRolePolicyRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  if (!find_policy(request.PolicyArn)) return not_attachable(request.PolicyArn);
  return change_record(tables_.roles, request.RoleName, *role, [&](RoleRecord& record) {
    return attach(record, request.PolicyArn, "PoliciesPerRole");
  });
}

room::Outcome<model::Empty> Iam::detach_role_policy(Context&,
                                                    const api::DetachRolePolicyRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  return change_record(tables_.roles, request.RoleName, *role,
                       [&](RoleRecord& record) { return detach(record, request.PolicyArn); });
}

room::Outcome<api::ListAttachedRolePoliciesResponse> Iam::list_attached_role_policies(
    Context&, const api::ListAttachedRolePoliciesRequest& request) {
  const RoleRecord* role = tables_.roles.find(request.RoleName);
  if (role == nullptr) return no_such_role(request.RoleName);
  using Reply = api::ListAttachedRolePoliciesResponse;
  return page(request, Reply{}, &Reply::AttachedPolicies,
              attached_policies(*role, request.PathPrefix,
                                [&](const std::string& arn) { return find_policy(arn); }));
}

}  // namespace seatrial::services::iam

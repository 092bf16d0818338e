// Users, with their inline and attached policies.
#include "services/iam/errors.h"
#include "services/iam/paging.h"
#include "services/iam/principals.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {
namespace {

// In lists users come without tags and boundary, as the API documents.
api::User listed(api::User user) {
  user.Tags = {};
  user.PermissionsBoundary.reset();
  return user;
}

}  // namespace

room::Outcome<std::string> Iam::user_of(const Context& context,
                                        const std::optional<std::string>& name) const {
  if (name) {
    if (!tables_.users.contains(*name)) return no_such_user(*name);
    return *name;
  }
  if (context.identity.arn == root_arn()) return std::string();
  for (const auto& [key, record] : tables_.users) {
    if (record.shape.Arn == context.identity.arn) return key;
  }
  return model::fail("ValidationError",
                     "Must specify userName when calling with non-User credentials");
}

room::Outcome<api::CreateUserResponse> Iam::create_user(Context& context,
                                                        const api::CreateUserRequest& request) {
  if (name_taken(tables_.users, request.UserName)) {
    return already_exists("User with name " + request.UserName + " already exists.");
  }
  if (auto ok = check_tags(request.Tags); !ok) return std::unexpected(ok.error());
  auto limits = boundary(request.PermissionsBoundary);
  if (!limits) return std::unexpected(limits.error());
  UserRecord record;
  api::User& user = record.shape;
  user.Path = request.Path.value_or("/");
  user.UserName = request.UserName;
  user.UserId = "AIDA" + env_.rng.alphanumeric(17);
  user.Arn = "arn:aws:iam::" + env_.account + ":user" + user.Path + user.UserName;
  user.CreateDate = context.now;
  user.PermissionsBoundary = *limits;
  user.Tags = request.Tags;
  api::CreateUserResponse reply;
  reply.User = tables_.users.put(user.UserName, record).shape;
  return reply;
}

room::Outcome<api::GetUserResponse> Iam::get_user(Context& context,
                                                  const api::GetUserRequest& request) {
  const auto name = user_of(context, request.UserName);
  if (!name) return std::unexpected(name.error());
  api::GetUserResponse reply;
  if (!name->empty()) {
    reply.User = tables_.users.find(*name)->shape;
    return reply;
  }
  reply.User.Path = "/";
  reply.User.UserName = "root";  // guess: AWS leaves the root's name out, the model requires one
  reply.User.UserId = env_.account;
  reply.User.Arn = root_arn();
  reply.User.CreateDate = context.now;
  for (const auto& [id, key] : tables_.keys) {
    if (key.of_world) reply.User.CreateDate = key.created;
  }
  return reply;
}

room::Outcome<api::ListUsersResponse> Iam::list_users(Context&,
                                                      const api::ListUsersRequest& request) {
  std::vector<std::pair<std::string, api::User>> users;
  for (const auto& [name, record] : tables_.users) {
    if (!record.shape.Path.starts_with(request.PathPrefix.value_or("/"))) continue;
    users.emplace_back(name, listed(record.shape));
  }
  return page(request, api::ListUsersResponse{}, &api::ListUsersResponse::Users, std::move(users));
}

room::Outcome<model::Empty> Iam::delete_user(Context&, const api::DeleteUserRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  for (const auto& [id, key] : tables_.keys) {
    if (key.user == request.UserName) {
      return delete_conflict("Cannot delete entity, must delete access keys first.");
    }
  }
  if (auto ok = check_deletable(*user); !ok) return std::unexpected(ok.error());
  tables_.users.erase(request.UserName);
  return model::Empty{};
}

room::Outcome<model::Empty> Iam::put_user_policy(Context&,
                                                 const api::PutUserPolicyRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  return change_record(tables_.users, request.UserName, *user, [&](UserRecord& record) {
    return put_inline(record, request.PolicyName, request.PolicyDocument, kInlineSizePerUser,
                      "user " + request.UserName);
  });
}

room::Outcome<api::GetUserPolicyResponse> Iam::get_user_policy(
    Context&, const api::GetUserPolicyRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  const auto policy = user->inline_policies.find(request.PolicyName);
  if (policy == user->inline_policies.end()) {
    return no_such_entity("The user policy with name " + request.PolicyName + " cannot be found.");
  }
  return api::GetUserPolicyResponse{request.UserName, request.PolicyName,
                                    percent_encode(policy->second)};
}

room::Outcome<api::ListUserPoliciesResponse> Iam::list_user_policies(
    Context&, const api::ListUserPoliciesRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  return page(request, api::ListUserPoliciesResponse{}, &api::ListUserPoliciesResponse::PolicyNames,
              inline_names(*user));
}

room::Outcome<model::Empty> Iam::delete_user_policy(Context&,
                                                    const api::DeleteUserPolicyRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  return change_record(tables_.users, request.UserName, *user,
                       [&](UserRecord& record) -> model::Outcome<void> {
                         if (record.inline_policies.erase(request.PolicyName) > 0) return {};
                         return no_such_entity("The user policy with name " + request.PolicyName +
                                               " cannot be found.");
                       });
}

room::Outcome<model::Empty> Iam::attach_user_policy(Context&,
                                                    const api::AttachUserPolicyRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  if (!find_policy(request.PolicyArn)) return not_attachable(request.PolicyArn);
  return change_record(tables_.users, request.UserName, *user, [&](UserRecord& record) {
    return attach(record, request.PolicyArn, "PoliciesPerUser");
  });
}

room::Outcome<model::Empty> Iam::detach_user_policy(Context&,
                                                    const api::DetachUserPolicyRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  return change_record(tables_.users, request.UserName, *user,
                       [&](UserRecord& record) { return detach(record, request.PolicyArn); });
}

room::Outcome<api::ListAttachedUserPoliciesResponse> Iam::list_attached_user_policies(
    Context&, const api::ListAttachedUserPoliciesRequest& request) {
  const UserRecord* user = tables_.users.find(request.UserName);
  if (user == nullptr) return no_such_user(request.UserName);
  using Reply = api::ListAttachedUserPoliciesResponse;
  return page(request, Reply{}, &Reply::AttachedPolicies,
              attached_policies(*user, request.PathPrefix,
                                [&](const std::string& arn) { return find_policy(arn); }));
}

}  // namespace seatrial::services::iam

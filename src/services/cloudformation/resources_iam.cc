// AWS::IAM::Role, Policy, ManagedPolicy, User, AccessKey.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

constexpr std::string_view kIam = "iam";

// Roles and users are alike but for the words.
struct Principal {
  std::string_view key;  // "RoleName"
  std::string_view attach, detach, put, erase, list_attached, list_inline;
};
constexpr Principal kRole{"RoleName",        "AttachRolePolicy", "DetachRolePolicy",
                          "PutRolePolicy",   "DeleteRolePolicy", "ListAttachedRolePolicies",
                          "ListRolePolicies"};
constexpr Principal kUser{"UserName",        "AttachUserPolicy", "DetachUserPolicy",
                          "PutUserPolicy",   "DeleteUserPolicy", "ListAttachedUserPolicies",
                          "ListUserPolicies"};

Attempt<void> done(Attempt<Value> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

std::string document_text(const Value& v) {
  return v.is_string() ? std::string(as_view(v.get_string())) : to_json(v);
}

Attempt<void> attach(ApiCaller& api, const Principal& kind, const std::string& name,
                     const Array& arns) {
  for (const Value& arn : arns)
    if (auto r = done(api.call(kIam, kind.attach, Object{{kind.key, name}, {"PolicyArn", arn}}));
        !r)
      return r;
  return {};
}

Attempt<void> detach(ApiCaller& api, const Principal& kind, const std::string& name,
                     const Array& arns) {
  for (const Value& arn : arns)
    if (auto r = api.erase(kIam, kind.detach, Object{{kind.key, name}, {"PolicyArn", arn}}); !r)
      return r;
  return {};
}

Attempt<void> put_inline(ApiCaller& api, const Principal& kind, const std::string& name,
                         const Array& policies) {
  for (const Value& policy : policies) {
    Value input = Object{{kind.key, name},
                         {"PolicyName", text_of(policy, "PolicyName")},
                         {"PolicyDocument", document_text(member_of(policy, "PolicyDocument"))}};
    if (auto r = done(api.call(kIam, kind.put, std::move(input))); !r) return r;
  }
  return {};
}

Attempt<void> erase_inline(ApiCaller& api, const Principal& kind, const std::string& name,
                           const Array& names) {
  for (const Value& policy : names)
    if (auto r = api.erase(kIam, kind.erase, Object{{kind.key, name}, {"PolicyName", policy}}); !r)
      return r;
  return {};
}

Array policy_names(const Value& properties) {
  Array names;
  for (const Value& policy : list_of(properties, "Policies"))
    names.emplace_back(text_of(policy, "PolicyName"));
  return names;
}

Attempt<void> update_policies(ApiCaller& api, const Principal& kind, const std::string& name,
                              const Value& before, const Value& after) {
  const Array old_arns = list_of(before, "ManagedPolicyArns"),
              new_arns = list_of(after, "ManagedPolicyArns");
  if (auto r = attach(api, kind, name, minus(new_arns, old_arns)); !r) return r;
  if (auto r = detach(api, kind, name, minus(old_arns, new_arns)); !r) return r;
  if (auto r = erase_inline(api, kind, name, minus(policy_names(before), policy_names(after))); !r)
    return r;
  return put_inline(api, kind, name,
                    minus(list_of(after, "Policies"), list_of(before, "Policies")));
}

// CloudFormation detaches what it attached; here all is detached, which a deletion needs anyway.
Attempt<void> strip_policies(ApiCaller& api, const Principal& kind, const std::string& name) {
  auto attached = api.call(kIam, kind.list_attached, Object{{kind.key, name}});
  if (!attached && attached.error().not_found()) return {};
  if (!attached) return std::unexpected(attached.error());
  Array arns;
  for (const Value& policy : list_of(*attached, "AttachedPolicies"))
    arns.emplace_back(text_of(policy, "PolicyArn"));
  if (auto r = detach(api, kind, name, arns); !r) return r;
  auto inlined = api.call(kIam, kind.list_inline, Object{{kind.key, name}});
  if (!inlined) return std::unexpected(inlined.error());
  return erase_inline(api, kind, name, list_of(*inlined, "PolicyNames"));
}

// Name properties of inline policies, checked before anything is made.
Attempt<void> check_inline(const Value& properties) {
  for (const Value& policy : list_of(properties, "Policies"))
    for (const auto& member : policy.is_object() ? policy.get_object() : Object{})
      if (member.key() != "PolicyName" && member.key() != "PolicyDocument")
        return refuse("InvalidRequest",
                      fmt::format("Properties validation failed with message: #/Policies: "
                                  "extraneous key [{}] is not permitted",
                                  std::string_view(member.key().data(), member.key().size())));
  return {};
}

// ---- role

Physical role_physical(const Value& role) {
  return {text_of(role, "RoleName"),
          Object{{"Arn", text_of(role, "Arn")}, {"RoleId", text_of(role, "RoleId")}}};
}

Attempt<std::optional<Physical>> find_role(ApiCaller& api, const Request& r) {
  auto reply = api.call(kIam, "GetRole", Object{{"RoleName", text_of(r.properties, "RoleName")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return role_physical(member_of(*reply, "Role"));
}

Attempt<Physical> create_role(ApiCaller& api, const Request& r) {
  if (auto fine = check_inline(r.properties); !fine) return std::unexpected(fine.error());
  auto input =
      map_properties({kIam, "CreateRole", {}, {"Policies", "ManagedPolicyArns"}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kIam, "CreateRole", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return role_physical(member_of(*reply, "Role"));
}

Attempt<void> configure_role(ApiCaller& api, const Physical& p, const Value& properties) {
  if (auto r = attach(api, kRole, p.id, list_of(properties, "ManagedPolicyArns")); !r) return r;
  return put_inline(api, kRole, p.id, list_of(properties, "Policies"));
}

Attempt<void> update_role(ApiCaller& api, const Physical& p, const Value& before,
                          const Value& after) {
  if (auto r = check_inline(after); !r) return r;
  if (auto r = cannot_change("AWS::IAM::Role", before, after,
                             {"Description", "MaxSessionDuration", "PermissionsBoundary"});
      !r)
    return r;
  if (differs(before, after, "AssumeRolePolicyDocument")) {
    Value input =
        Object{{"RoleName", p.id},
               {"PolicyDocument", document_text(member_of(after, "AssumeRolePolicyDocument"))}};
    if (auto r = done(api.call(kIam, "UpdateAssumeRolePolicy", std::move(input))); !r) return r;
  }
  if (auto r = update_policies(api, kRole, p.id, before, after); !r) return r;
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto r = done(api.call(kIam, "TagRole", Object{{"RoleName", p.id}, {"Tags", change.set}}));
        !r)
      return r;
  if (!change.removed.empty())
    return done(
        api.call(kIam, "UntagRole", Object{{"RoleName", p.id}, {"TagKeys", change.removed}}));
  return {};
}

Attempt<void> remove_role(ApiCaller& api, const Physical& p, const Value&) {
  if (auto r = strip_policies(api, kRole, p.id); !r) return r;
  return api.erase(kIam, "DeleteRole", Object{{"RoleName", p.id}});
}

// ---- user

Physical user_physical(const Value& user) {
  return {text_of(user, "UserName"), Object{{"Arn", text_of(user, "Arn")}}};
}

Attempt<std::optional<Physical>> find_user(ApiCaller& api, const Request& r) {
  auto reply = api.call(kIam, "GetUser", Object{{"UserName", text_of(r.properties, "UserName")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return user_physical(member_of(*reply, "User"));
}

Attempt<Physical> create_user(ApiCaller& api, const Request& r) {
  if (auto fine = check_inline(r.properties); !fine) return std::unexpected(fine.error());
  auto input =
      map_properties({kIam, "CreateUser", {}, {"Policies", "ManagedPolicyArns"}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kIam, "CreateUser", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return user_physical(member_of(*reply, "User"));
}

Attempt<void> configure_user(ApiCaller& api, const Physical& p, const Value& properties) {
  if (auto r = attach(api, kUser, p.id, list_of(properties, "ManagedPolicyArns")); !r) return r;
  return put_inline(api, kUser, p.id, list_of(properties, "Policies"));
}

Attempt<void> update_user(ApiCaller& api, const Physical& p, const Value& before,
                          const Value& after) {
  if (auto r = check_inline(after); !r) return r;
  if (auto r =
          cannot_change("AWS::IAM::User", before, after, {"Path", "PermissionsBoundary", "Tags"});
      !r)
    return r;
  return update_policies(api, kUser, p.id, before, after);
}

Attempt<void> remove_user(ApiCaller& api, const Physical& p, const Value&) {
  if (auto r = strip_policies(api, kUser, p.id); !r) return r;
  return api.erase(kIam, "DeleteUser", Object{{"UserName", p.id}});
}

// ---- inline policy

Attempt<void> put_everywhere(ApiCaller& api, const Value& properties) {
  const Array policy{pick(properties, {"PolicyName", "PolicyDocument"})};
  for (const Value& role : list_of(properties, "Roles"))
    if (auto r = put_inline(api, kRole, std::string(role.as_string()), policy); !r) return r;
  for (const Value& user : list_of(properties, "Users"))
    if (auto r = put_inline(api, kUser, std::string(user.as_string()), policy); !r) return r;
  return {};
}

Attempt<void> check_targets(const Value& properties) {
  for (std::string_view list : {"Roles", "Users"})
    for (const Value& name : list_of(properties, list))
      if (!name.is_string())
        return refuse(
            "InvalidRequest",
            fmt::format("Properties validation failed with message: #/{}: expected type: String",
                        list));
  return {};
}

Attempt<Physical> create_policy(ApiCaller& api, const Request& r) {
  if (auto fine = check_targets(r.properties); !fine) return std::unexpected(fine.error());
  if (list_of(r.properties, "Roles").empty() && list_of(r.properties, "Users").empty())
    return refuse("InvalidRequest", "At least one of [Groups,Roles,Users] must be non-empty.");
  if (auto put = put_everywhere(api, r.properties); !put) return std::unexpected(put.error());
  // guess: the shape of the name; AWS gives "<stack>-<first letters of the logical id>-<random>".
  return Physical{r.logical_id.substr(0, 5) + "-" + r.token.substr(0, 12), {}};
}

Attempt<void> erase_from(ApiCaller& api, const Value& roles, const Value& users,
                         const std::string& name) {
  const Array names{Value(name)};
  for (const Value& role : roles.get_array())
    if (auto r = erase_inline(api, kRole, std::string(role.as_string()), names); !r) return r;
  for (const Value& user : users.get_array())
    if (auto r = erase_inline(api, kUser, std::string(user.as_string()), names); !r) return r;
  return {};
}

Attempt<void> update_policy(ApiCaller& api, const Physical&, const Value& before,
                            const Value& after) {
  if (auto fine = check_targets(after); !fine) return fine;
  if (auto r = put_everywhere(api, after); !r) return r;
  const std::string name = text_of(before, "PolicyName");
  const bool renamed = name != text_of(after, "PolicyName");
  const Array roles = list_of(before, "Roles"), users = list_of(before, "Users");
  return erase_from(api, renamed ? roles : minus(roles, list_of(after, "Roles")),
                    renamed ? users : minus(users, list_of(after, "Users")), name);
}

Attempt<void> remove_policy(ApiCaller& api, const Physical&, const Value& properties) {
  return erase_from(api, list_of(properties, "Roles"), list_of(properties, "Users"),
                    text_of(properties, "PolicyName"));
}

// ---- managed policy

Attempt<void> attach_everywhere(ApiCaller& api, const std::string& arn, const Array& roles,
                                const Array& users) {
  for (const Value& role : roles)
    if (auto r = attach(api, kRole, std::string(role.as_string()), Array{Value(arn)}); !r) return r;
  for (const Value& user : users)
    if (auto r = attach(api, kUser, std::string(user.as_string()), Array{Value(arn)}); !r) return r;
  return {};
}

Attempt<void> detach_everywhere(ApiCaller& api, const std::string& arn, const Array& roles,
                                const Array& users) {
  for (const Value& role : roles)
    if (auto r = detach(api, kRole, std::string(role.as_string()), Array{Value(arn)}); !r) return r;
  for (const Value& user : users)
    if (auto r = detach(api, kUser, std::string(user.as_string()), Array{Value(arn)}); !r) return r;
  return {};
}

Physical managed_physical(const std::string& arn) { return {arn, Object{{"PolicyArn", arn}}}; }

Attempt<std::optional<Physical>> find_managed(ApiCaller& api, const Request& r) {
  const std::string path = text_of(r.properties, "Path");
  const std::string arn =
      fmt::format("arn:aws:iam::{}:policy{}{}", api.as().account, path.empty() ? "/" : path,
                  text_of(r.properties, "ManagedPolicyName"));
  auto reply = api.call(kIam, "GetPolicy", Object{{"PolicyArn", arn}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return managed_physical(arn);
}

Attempt<Physical> create_managed(ApiCaller& api, const Request& r) {
  if (auto fine = check_targets(r.properties); !fine) return std::unexpected(fine.error());
  auto input = map_properties(
      {kIam, "CreatePolicy", {{"ManagedPolicyName", "PolicyName"}}, {"Roles", "Users"}},
      r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kIam, "CreatePolicy", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return managed_physical(text_of(member_of(*reply, "Policy"), "Arn"));
}

Attempt<void> configure_managed(ApiCaller& api, const Physical& p, const Value& properties) {
  return attach_everywhere(api, p.id, list_of(properties, "Roles"), list_of(properties, "Users"));
}

Attempt<void> update_managed(ApiCaller& api, const Physical& p, const Value& before,
                             const Value& after) {
  if (auto fine = check_targets(after); !fine) return fine;
  if (differs(before, after, "PolicyDocument")) {
    Value input = Object{{"PolicyArn", p.id},
                         {"PolicyDocument", document_text(member_of(after, "PolicyDocument"))},
                         {"SetAsDefault", true}};
    if (auto r = done(api.call(kIam, "CreatePolicyVersion", std::move(input))); !r) return r;
  }
  const Array old_roles = list_of(before, "Roles"), new_roles = list_of(after, "Roles");
  const Array old_users = list_of(before, "Users"), new_users = list_of(after, "Users");
  if (auto r =
          attach_everywhere(api, p.id, minus(new_roles, old_roles), minus(new_users, old_users));
      !r)
    return r;
  return detach_everywhere(api, p.id, minus(old_roles, new_roles), minus(old_users, new_users));
}

Attempt<void> remove_managed(ApiCaller& api, const Physical& p, const Value& properties) {
  if (auto r =
          detach_everywhere(api, p.id, list_of(properties, "Roles"), list_of(properties, "Users"));
      !r)
    return r;
  return api.erase(kIam, "DeletePolicy", Object{{"PolicyArn", p.id}});
}

// ---- access key

Attempt<Physical> create_key(ApiCaller& api, const Request& r) {
  auto reply =
      api.call(kIam, "CreateAccessKey", Object{{"UserName", text_of(r.properties, "UserName")}});
  if (!reply) return std::unexpected(reply.error());
  const Value& key = member_of(*reply, "AccessKey");
  return Physical{text_of(key, "AccessKeyId"),
                  Object{{"SecretAccessKey", text_of(key, "SecretAccessKey")}}};
}

Attempt<void> set_key_status(ApiCaller& api, const Physical& p, const Value& properties) {
  const std::string status = text_of(properties, "Status");
  return done(api.call(kIam, "UpdateAccessKey",
                       Object{{"UserName", text_of(properties, "UserName")},
                              {"AccessKeyId", p.id},
                              {"Status", status.empty() ? "Active" : status}}));
}

Attempt<void> configure_key(ApiCaller& api, const Physical& p, const Value& properties) {
  if (!properties.get_object().contains("Status")) return {};
  return set_key_status(api, p, properties);
}

Attempt<void> update_key(ApiCaller& api, const Physical& p, const Value&, const Value& after) {
  return set_key_status(api, p, after);
}

Attempt<void> remove_key(ApiCaller& api, const Physical& p, const Value& properties) {
  return api.erase(kIam, "DeleteAccessKey",
                   Object{{"UserName", text_of(properties, "UserName")}, {"AccessKeyId", p.id}});
}

}  // namespace

std::vector<ResourceType> iam_types() {
  ResourceType role{.name = "AWS::IAM::Role",
                    .properties = {"AssumeRolePolicyDocument", "Description", "ManagedPolicyArns",
                                   "MaxSessionDuration", "Path", "PermissionsBoundary", "Policies",
                                   "RoleName", "Tags"},
                    .required = {"AssumeRolePolicyDocument"},
                    .name_property = "RoleName",
                    .name_limit = 64,
                    .tags = ResourceType::Tags::kList,
                    .find = find_role,
                    .create = create_role,
                    .configure = configure_role,
                    .update = update_role,
                    .remove = remove_role};
  ResourceType user{.name = "AWS::IAM::User",
                    .properties = {"ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies",
                                   "Tags", "UserName"},
                    .name_property = "UserName",
                    .name_limit = 64,
                    .find = find_user,
                    .create = create_user,
                    .configure = configure_user,
                    .update = update_user,
                    .remove = remove_user};
  ResourceType policy{.name = "AWS::IAM::Policy",
                      .properties = {"PolicyDocument", "PolicyName", "Roles", "Users"},
                      .required = {"PolicyDocument", "PolicyName"},
                      .create = create_policy,
                      .update = update_policy,
                      .remove = remove_policy};
  ResourceType managed{.name = "AWS::IAM::ManagedPolicy",
                       .properties = {"Description", "ManagedPolicyName", "Path", "PolicyDocument",
                                      "Roles", "Users"},
                       .required = {"PolicyDocument"},
                       .name_property = "ManagedPolicyName",
                       .name_limit = 128,
                       .find = find_managed,
                       .create = create_managed,
                       .configure = configure_managed,
                       .update = update_managed,
                       .remove = remove_managed};
  ResourceType key{.name = "AWS::IAM::AccessKey",
                   .properties = {"Serial", "Status", "UserName"},
                   .required = {"UserName"},
                   .create = create_key,
                   .configure = configure_key,
                   .update = update_key,
                   .remove = remove_key};
  return {role, user, policy, managed, key};
}

}  // namespace seatrial::services::cloudformation

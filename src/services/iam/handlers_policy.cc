// Managed policies: the account's own with their versions, and AWS's from a fixed table.
#include <boost/algorithm/string/predicate.hpp>

#include "services/iam/errors.h"
#include "services/iam/managed_policies.h"
#include "services/iam/paging.h"
#include "services/iam/principals.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {
namespace {

bool of_aws(const api::Policy& policy) { return policy.Arn->starts_with("arn:aws:iam::aws:"); }

model::Outcome<void> check_managed(const std::string& document) {
  if (auto ok = check_policy_document(document, PolicyKind::kManaged); !ok) return ok;
  if (policy_size(document) > kManagedPolicySize) {
    return quota_exceeded("PolicySize", kManagedPolicySize);
  }
  return {};
}

const api::PolicyVersion& add_version(PolicyRecord& record, const std::string& document, Time now) {
  api::PolicyVersion version;
  version.Document = document;
  version.VersionId = "v" + std::to_string(++record.last_version);
  version.IsDefaultVersion = false;
  version.CreateDate = now;
  return record.versions.emplace_back(std::move(version));
}

void set_default(PolicyRecord& record, const std::string& version_id) {
  for (auto& version : record.versions) version.IsDefaultVersion = version.VersionId == version_id;
  record.shape.DefaultVersionId = version_id;
}

bool wanted(const api::Policy& policy, const api::ListPoliciesRequest& request) {
  const auto scope = request.Scope.value_or(std::string(api::policyScopeType::All));
  if (scope == api::policyScopeType::AWS && !of_aws(policy)) return false;
  if (scope == api::policyScopeType::Local && of_aws(policy)) return false;
  if (!policy.Path->starts_with(request.PathPrefix.value_or("/"))) return false;
  const auto usage = request.PolicyUsageFilter.value_or("");
  if (usage == api::PolicyUsageType::PermissionsBoundary) {
    return *policy.PermissionsBoundaryUsageCount > 0;
  }
  if (usage == api::PolicyUsageType::PermissionsPolicy && *policy.AttachmentCount == 0)
    return false;
  return !request.OnlyAttached.value_or(false) || *policy.AttachmentCount > 0;
}

api::PolicyVersion managed_version(const api::Policy& policy) {
  api::PolicyVersion version;
  version.VersionId = policy.DefaultVersionId;
  version.IsDefaultVersion = true;
  version.CreateDate = policy.CreateDate;
  return version;
}

auto no_such_version(const std::string& arn, const std::string& version) {
  return no_such_entity("Policy " + arn + " version " + version +
                        " does not exist or is not attachable.");
}

}  // namespace

room::Outcome<api::CreatePolicyResponse> Iam::create_policy(
    Context& context, const api::CreatePolicyRequest& request) {
  for (const auto& [arn, policy] : tables_.policies) {
    if (boost::iequals(*policy.shape.PolicyName, request.PolicyName)) {
      return already_exists("A policy called " + request.PolicyName +
                            " already exists. Duplicate names are not allowed.");
    }
  }
  if (auto ok = check_managed(request.PolicyDocument); !ok) return std::unexpected(ok.error());
  if (auto ok = check_tags(request.Tags); !ok) return std::unexpected(ok.error());
  PolicyRecord record;
  api::Policy& policy = record.shape;
  policy.PolicyName = request.PolicyName;
  policy.PolicyId = "ANPA" + env_.rng.alphanumeric(17);
  policy.Path = request.Path.value_or("/");
  policy.Arn = "arn:aws:iam::" + env_.account + ":policy" + *policy.Path + request.PolicyName;
  policy.IsAttachable = true;
  policy.Description = request.Description;
  policy.CreateDate = policy.UpdateDate = context.now;
  policy.Tags = request.Tags;
  set_default(record, *add_version(record, request.PolicyDocument, context.now).VersionId);
  api::CreatePolicyResponse reply;
  reply.Policy = tables_.policies.put(*policy.Arn, record).shape;
  count_uses(*reply.Policy);
  return reply;
}

room::Outcome<api::GetPolicyResponse> Iam::get_policy(Context&,
                                                      const api::GetPolicyRequest& request) {
  api::GetPolicyResponse reply;
  reply.Policy = find_policy(request.PolicyArn);
  if (!reply.Policy) return no_such_policy(request.PolicyArn);
  reply.Policy->Tags.given = true;
  return reply;
}

room::Outcome<api::ListPoliciesResponse> Iam::list_policies(
    Context&, const api::ListPoliciesRequest& request) {
  std::vector<api::Policy> all = managed_policies();
  for (const auto& [arn, record] : tables_.policies) all.push_back(record.shape);
  std::vector<std::pair<std::string, api::Policy>> found;
  for (auto& policy : all) {
    count_uses(policy);
    if (!wanted(policy, request)) continue;
    policy.Tags = {};
    policy.Description.reset();
    found.emplace_back(*policy.PolicyName + " " + *policy.Arn, std::move(policy));
  }
  std::ranges::sort(found, {}, &std::pair<std::string, api::Policy>::first);
  using Reply = api::ListPoliciesResponse;
  return page(request, Reply{}, &Reply::Policies, std::move(found));
}

room::Outcome<model::Empty> Iam::delete_policy(Context&, const api::DeletePolicyRequest& request) {
  if (managed_policy(request.PolicyArn)) {
    return model::fail("AccessDenied", "Policies of AWS cannot be deleted.", 403);
  }
  const PolicyRecord* record = tables_.policies.find(request.PolicyArn);
  if (record == nullptr) return no_such_policy(request.PolicyArn);
  api::Policy policy = record->shape;
  count_uses(policy);
  if (*policy.AttachmentCount + *policy.PermissionsBoundaryUsageCount > 0) {
    return delete_conflict("Cannot delete a policy attached to entities.");
  }
  if (record->versions.size() > 1) {
    return delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  tables_.policies.erase(request.PolicyArn);
  return model::Empty{};
}

room::Outcome<api::CreatePolicyVersionResponse> Iam::create_policy_version(
    Context& context, const api::CreatePolicyVersionRequest& request) {
  if (managed_policy(request.PolicyArn)) {
    return model::fail("AccessDenied", "Policies of AWS cannot be changed.", 403);
  }
  const PolicyRecord* found = tables_.policies.find(request.PolicyArn);
  if (found == nullptr) return no_such_policy(request.PolicyArn);
  if (auto ok = check_managed(request.PolicyDocument); !ok) return std::unexpected(ok.error());
  if (found->versions.size() >= kVersionsPerPolicy) {
    return limit_exceeded("A managed policy can have up to " + std::to_string(kVersionsPerPolicy) +
                          " versions. Before you create a new version, you must delete an existing "
                          "version.");
  }
  PolicyRecord record = *found;
  const std::string id = *add_version(record, request.PolicyDocument, context.now).VersionId;
  if (request.SetAsDefault.value_or(false)) set_default(record, id);
  record.shape.UpdateDate = context.now;
  api::CreatePolicyVersionResponse reply;
  reply.PolicyVersion = record.versions.back();
  reply.PolicyVersion->Document.reset();
  tables_.policies.put(request.PolicyArn, std::move(record));
  return reply;
}

room::Outcome<api::GetPolicyVersionResponse> Iam::get_policy_version(
    Context&, const api::GetPolicyVersionRequest& request) {
  api::GetPolicyVersionResponse reply;
  if (const auto policy = managed_policy(request.PolicyArn)) {
    if (request.VersionId != policy->DefaultVersionId) {
      return no_such_version(request.PolicyArn, request.VersionId);
    }
    const auto document = managed_policy_document(request.PolicyArn);
    if (document.empty()) {
      return no_such_entity("The document of AWS's policy " + *policy->PolicyName +
                            " is not kept here; the policy can be attached and described.");
    }
    reply.PolicyVersion = managed_version(*policy);
    reply.PolicyVersion->Document = percent_encode(document);
    return reply;
  }
  const PolicyRecord* record = tables_.policies.find(request.PolicyArn);
  if (record == nullptr) return no_such_policy(request.PolicyArn);
  for (const auto& version : record->versions) {
    if (version.VersionId != request.VersionId) continue;
    reply.PolicyVersion = version;
    reply.PolicyVersion->Document = percent_encode(*version.Document);
    return reply;
  }
  return no_such_version(request.PolicyArn, request.VersionId);
}

room::Outcome<api::ListPolicyVersionsResponse> Iam::list_policy_versions(
    Context&, const api::ListPolicyVersionsRequest& request) {
  std::vector<std::pair<std::string, api::PolicyVersion>> versions;
  if (const auto policy = managed_policy(request.PolicyArn)) {
    versions.emplace_back(*policy->DefaultVersionId, managed_version(*policy));
  } else if (const PolicyRecord* record = tables_.policies.find(request.PolicyArn)) {
    // Newest first; the sort keys count down so that markers work.
    for (const auto& version : record->versions) {
      const int number = std::stoi(version.VersionId->substr(1));
      versions.emplace_back(std::to_string(1'000'000 - number), version);
      versions.back().second.Document.reset();
    }
    std::ranges::reverse(versions);
  } else {
    return no_such_policy(request.PolicyArn);
  }
  using Reply = api::ListPolicyVersionsResponse;
  return page(request, Reply{}, &Reply::Versions, std::move(versions));
}

}  // namespace seatrial::services::iam

// A bucket's policy: put, shown, removed; and asked before every call. Sources:
// API_PutBucketPolicy, API_GetBucketPolicy, API_DeleteBucketPolicy, API_GetBucketPolicyStatus.
#include "services/s3/bucket_policy.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

// The account's root is never kept from its bucket's policy ("Access control" of the S3 guide).
bool is_kept_from_nothing(const room::Context& context, const Access& access) {
  return context.identity.arn.ends_with(":root") && access.action.ends_with("BucketPolicy");
}

auto denied_by(const room::Context& context, const Access& access, const std::string& why) {
  return refused("AccessDenied",
                 fmt::format("User: {} is not authorized to perform: {} on resource: \"{}\" {}",
                             context.identity.arn, access.action, access.resource, why),
                 403);
}

decide::PolicyQuestion question_of(const room::Context& context, const Access& access,
                                   std::map<std::string, std::string> keys) {
  decide::PolicyQuestion question{"", access.action, access.resource, std::move(keys)};
  question.caller = context.identity.arn;
  question.account = context.account;
  return question;
}

}  // namespace

room::Outcome<void> S3::check_access(const Context& context, const Access& access,
                                     const Value& input) const {
  const auto name = access.resource.substr(kBucketArn.size());
  const BucketRecord* bucket = buckets_.find(name.substr(0, name.find('/')));
  if (bucket == nullptr || !bucket->policy || is_kept_from_nothing(context, access)) return {};
  const auto policy = decide::parse_resource_policy(*bucket->policy);
  if (!policy) return access_denied();  // it was one when it was put
  const auto question = question_of(context, access, policy_context(context, input));
  if (decide::evaluate_policy(*policy, question) != decide::PolicyVerdict::kDeny) return {};
  return denied_by(context, access, "with an explicit deny in a resource-based policy");
}

// AWS's services deliver over TLS, and are meant by policies for everyone.
bool S3::denies_services(const BucketRecord& bucket, const std::string& key) const {
  if (!bucket.policy) return false;
  const auto policy = decide::parse_resource_policy(*bucket.policy);
  const decide::PolicyQuestion question{"",
                                        "s3:PutObject",
                                        std::string(kBucketArn) + bucket.name + "/" + key,
                                        {{"aws:securetransport", "true"},
                                         {"aws:principalisawsservice", "true"},
                                         {"aws:sourceaccount", env_.account}}};
  return !policy || decide::evaluate_policy(*policy, question) == decide::PolicyVerdict::kDeny;
}

bool S3::lets_put(const std::string& bucket, const std::string& key, const std::string& service,
                  const std::string& service_account, const std::string& source_arn) const {
  const BucketRecord* found = buckets_.find(bucket);
  if (found == nullptr || !found->policy) return false;
  const auto policy = decide::parse_resource_policy(*found->policy);
  if (!policy) return false;
  decide::PolicyQuestion question{service,
                                  "s3:PutObject",
                                  std::string(kBucketArn) + bucket + "/" + key,
                                  {{"aws:securetransport", "true"},
                                   {"aws:principalisawsservice", "true"},
                                   {"aws:sourceaccount", env_.account},
                                   {"aws:sourcearn", source_arn},
                                   {"s3:x-amz-acl", "bucket-owner-full-control"}}};
  using enum decide::PolicyVerdict;
  const auto as_service = decide::evaluate_policy(*policy, question);
  if (as_service != kNone || service_account.empty()) return as_service == kAllow;
  question.service.clear();
  question.account = service_account;
  question.caller = "arn:aws:iam::" + service_account + ":root";
  return decide::evaluate_policy(*policy, question) == kAllow;
}

// A handler that is called only when no policy denies what it would do.
room::Room::Handler S3::guarded(std::string operation, Handler handler) {
  return [this, operation = std::move(operation), handler = std::move(handler)](
             Context& context, const Value& input) -> room::Outcome<Value> {
    for (const auto& access : accesses_of(operation, input))
      if (auto ok = check_access(context, access, input); !ok) return std::unexpected(ok.error());
    return handler(context, input);
  };
}

room::Outcome<model::Empty> S3::put_policy(Context& context,
                                           const api::PutBucketPolicyRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  auto policy = read_bucket_policy(request.Policy, request.Bucket);
  if (!policy) return std::unexpected(policy.error());
  const Access own{"s3:PutBucketPolicy", std::string(kBucketArn) + request.Bucket};
  if (is_public(*policy)) {
    const auto& block = (*bucket)->public_access;
    const auto* blocked = block ? find_member(*block, "BlockPublicPolicy") : nullptr;
    if (blocked != nullptr && blocked->is_bool() && blocked->get_bool())
      return denied_by(context, own,
                       "because public policies are prevented by the BlockPublicPolicy setting in "
                       "S3 Block Public Access");
    return not_implemented("Policy", "nobody has access without a signature here.");
  }
  const auto question = question_of(context, own, policy_context(context, {}));
  const bool locks_out = decide::evaluate_policy(*policy, question) == decide::PolicyVerdict::kDeny;
  // guess: without the confirmation such a policy is refused with this code.
  if (locks_out && !is_kept_from_nothing(context, own) &&
      !request.ConfirmRemoveSelfBucketAccess.value_or(false))
    return denied_by(context, own, "once this policy is put, which is not confirmed");
  buckets_.update(request.Bucket, [&](BucketRecord& b) { b.policy = request.Policy; });
  context.status = 204;
  return {};
}

room::Outcome<const std::string*> S3::policy_of(Context& context, const std::string& name,
                                                const std::optional<std::string>& owner) const {
  const auto bucket = find_bucket(context, name, owner);
  if (!bucket) return std::unexpected(bucket.error());
  if (!(*bucket)->policy)
    return refused("NoSuchBucketPolicy", "The bucket policy does not exist", 404,
                   {{"BucketName", name}});
  return &*(*bucket)->policy;
}

room::Outcome<api::GetBucketPolicyOutput> S3::get_policy(
    Context& context, const api::GetBucketPolicyRequest& request) {
  const auto policy = policy_of(context, request.Bucket, request.ExpectedBucketOwner);
  if (!policy) return std::unexpected(policy.error());
  api::GetBucketPolicyOutput out;
  out.Policy = **policy;
  return out;
}

room::Outcome<api::GetBucketPolicyStatusOutput> S3::get_policy_status(
    Context& context, const api::GetBucketPolicyStatusRequest& request) {
  const auto policy = policy_of(context, request.Bucket, request.ExpectedBucketOwner);
  if (!policy) return std::unexpected(policy.error());
  const auto read = parse_json(**policy);
  api::GetBucketPolicyStatusOutput out;
  out.PolicyStatus.emplace().IsPublic = read && is_public(*read);
  return out;
}

room::Outcome<model::Empty> S3::delete_policy(Context& context,
                                              const api::DeleteBucketPolicyRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.policy.reset(); });
  return {};
}

}  // namespace seatrial::services::s3

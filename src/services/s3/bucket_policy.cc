// Sources: "Policies and permissions in Amazon S3", "Required permissions for Amazon S3 API
// operations", "Blocking public access to your Amazon S3 storage" (the meaning of public).
#include "services/s3/bucket_policy.h"

#include <algorithm>
#include <array>

#include "services/s3/errors.h"
#include "services/s3/names.h"

namespace seatrial::services::s3 {
namespace {

constexpr std::string_view kArn = "arn:aws:s3:::";

auto malformed(std::string message) { return refused("MalformedPolicy", std::move(message), 400); }
auto not_evaluated(const std::string& what) {
  return not_implemented("Policy", what + " is not evaluated here.");
}

template <class List>
bool has_text(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

std::vector<std::string> texts_of(const Value* value) {
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (value->is_string()) out.emplace_back(as_view(value->get_string()));
  if (const auto* list = value->if_array())
    for (const auto& item : *list)
      if (item.is_string()) out.emplace_back(as_view(item.get_string()));
  return out;
}

Array statements_of(const Value& policy) {
  const auto* found = find_member(policy, "Statement");
  if (found == nullptr) return {};
  return found->is_array() ? found->get_array() : Array{*found};
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_aws_principal(const std::string& text) {
  if (text == "*" || is_account(text)) return true;
  const auto arn = parse_arn(text);
  if (!arn || !is_account(arn->account)) return false;
  const auto& resource = arn->resource;
  if (arn->service == "sts") return resource.starts_with("assumed-role/");
  return arn->service == "iam" &&
         (resource == "root" || resource.starts_with("user/") || resource.starts_with("role/"));
}

bool is_principal(const Value& principal) {
  if (principal.is_string()) return as_view(principal.get_string()) == "*";
  if (!principal.is_object() || principal.get_object().empty()) return false;
  return std::ranges::all_of(principal.get_object(), [](const auto& member) {
    const std::string kind(member.key());
    const auto who = texts_of(&member.value());
    if (who.empty()) return false;
    if (kind == "AWS") return std::ranges::all_of(who, is_aws_principal);
    return kind == "Service" || kind == "Federated" || kind == "CanonicalUser";
  });
}

// Condition keys that a call's context tells, in lower case.
constexpr std::array<std::string_view, 17> kKeys = {"aws:principalisawsservice",
                                                    "aws:securetransport",
                                                    "aws:principalarn",
                                                    "aws:principalaccount",
                                                    "aws:principaltype",
                                                    "aws:userid",
                                                    "aws:username",
                                                    "aws:sourcearn",
                                                    "aws:sourceaccount",
                                                    "aws:requestedregion",
                                                    "aws:viaawsservice",
                                                    "s3:prefix",
                                                    "s3:delimiter",
                                                    "s3:max-keys",
                                                    "s3:versionid",
                                                    "s3:x-amz-server-side-encryption",
                                                    "s3:x-amz-storage-class"};

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

room::Outcome<void> check_deny(const Value& statement) {
  const auto* condition = find_member(statement, "Condition");
  if (condition == nullptr || !condition->is_object()) return {};
  for (const auto& [name, keys] : condition->get_object()) {
    if (!keys.is_object()) continue;
    for (const auto& member : keys.get_object()) {
      const std::string key(member.key());
      if (std::ranges::find(kKeys, lowered(key)) == kKeys.end())
        return not_evaluated("the condition key " + key + " of a Deny");
    }
  }
  return {};
}

room::Outcome<void> check_statement(const Value& statement, const std::string& bucket) {
  const auto has = [&](std::string_view a, std::string_view b) {
    return find_member(statement, a) != nullptr || find_member(statement, b) != nullptr;
  };
  if (!statement.is_object())
    return malformed("Policies must be valid JSON and the first byte must be '{'");
  const auto effect = text_member(statement, "Effect");
  if (effect.empty()) return malformed("Missing required field Effect");
  if (effect != "Allow" && effect != "Deny")
    return malformed("Invalid effect: " + std::string(effect));
  if (!has("Principal", "NotPrincipal")) return malformed("Missing required field Principal");
  if (!has("Action", "NotAction")) return malformed("Missing required field Action");
  if (!has("Resource", "NotResource")) return malformed("Missing required field Resource");
  for (const char* name : {"Principal", "NotPrincipal"})
    if (const auto* principal = find_member(statement, name);
        principal && !is_principal(*principal))
      return malformed("Invalid principal in policy");
  for (const char* name : {"Action", "NotAction"})
    for (const auto& action : texts_of(find_member(statement, name)))
      if (action != "*" && !lowered(action).starts_with("s3:"))
        return malformed("Policy has invalid action");
  for (const char* name : {"Resource", "NotResource"})
    for (const auto& resource : texts_of(find_member(statement, name)))
      if (resource != std::string(kArn) + bucket &&
          !resource.starts_with(std::string(kArn) + bucket + "/") &&
          resource != std::string(kArn) + bucket + "*")
        return malformed("Policy has invalid resource");
  if (effect == "Deny") return check_deny(statement);
  return {};
}

bool names_everyone(const Value& principal) {
  if (principal.is_string()) return as_view(principal.get_string()) == "*";
  return has_text(texts_of(find_member(principal, "AWS")), "*");
}

// A condition that AWS counts as tying access to somebody known: none of its values is a pattern.
bool is_tied(const Value& statement) {
  constexpr std::array<std::string_view, 12> kTies = {
      "aws:sourcearn",    "aws:sourceaccount",     "aws:sourceip",
      "aws:sourcevpc",    "aws:sourcevpce",        "aws:principalorgid",
      "aws:principalarn", "aws:principalaccount",  "aws:sourceorgid",
      "aws:userid",       "s3:dataaccesspointarn", "s3:dataaccesspointaccount"};
  const auto* condition = find_member(statement, "Condition");
  if (condition == nullptr || !condition->is_object()) return false;
  for (const auto& [name, keys] : condition->get_object()) {
    if (!keys.is_object() ||
        std::string_view(name.data(), name.size()).find("Not") != std::string_view::npos)
      continue;
    for (const auto& member : keys.get_object()) {
      const auto values = texts_of(&member.value());
      const bool fixed = !values.empty() && std::ranges::none_of(values, [](const auto& value) {
        return value.find_first_of("*?") != std::string::npos || value == "0.0.0.0/0";
      });
      if (fixed && has_text(kTies, lowered({member.key().data(), member.key().size()})))
        return true;
    }
  }
  return false;
}

// Operations whose permission is not named as they are.
struct Permission {
  std::string_view operation, action;
};
constexpr Permission kPermissions[] = {
    {"ListObjects", "ListBucket"},
    {"ListObjectsV2", "ListBucket"},
    {"HeadBucket", "ListBucket"},
    {"ListObjectVersions", "ListBucketVersions"},
    {"ListMultipartUploads", "ListBucketMultipartUploads"},
    {"HeadObject", "GetObject"},
    {"GetObjectAttributes", "GetObjectAttributes"},
    {"CreateMultipartUpload", "PutObject"},
    {"UploadPart", "PutObject"},
    {"UploadPartCopy", "PutObject"},
    {"CompleteMultipartUpload", "PutObject"},
    {"CopyObject", "PutObject"},
    {"ListParts", "ListMultipartUploadParts"},
    {"PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    {"GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"DeleteBucketTagging", "PutBucketTagging"},
    {"PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"PutBucketEncryption", "PutEncryptionConfiguration"},
    {"GetBucketEncryption", "GetEncryptionConfiguration"},
    {"DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
};
// Where a version is named, its permission is one of its own.
constexpr std::array<std::string_view, 6> kOfVersions = {
    "GetObject",        "DeleteObject",     "GetObjectAttributes",
    "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"};

std::string action_of(std::string_view operation, bool version) {
  std::string action(operation);
  for (const auto& permission : kPermissions)
    if (permission.operation == operation) action = permission.action;
  if (version && has_text(kOfVersions, std::string_view(action))) {
    const auto object = action.find("Object") + 6;
    action.insert(object, "Version");
  }
  return "s3:" + action;
}

}  // namespace

room::Outcome<Value> read_bucket_policy(std::string_view text, const std::string& bucket) {
  if (text.size() > kMaxPolicyBytes)  // guess: the words
    return malformed("Policy exceeds the maximum allowed document size.");
  const auto json = parse_json(text);
  if (!json || !json->is_object() || !text.starts_with('{'))
    return malformed("Policies must be valid JSON and the first byte must be '{'");
  const auto statements = statements_of(*json);
  if (statements.empty()) return malformed("Missing required field Statement");
  for (const auto& statement : statements)
    if (auto ok = check_statement(statement, bucket); !ok) return std::unexpected(ok.error());
  auto policy = decide::parse_resource_policy(text);
  if (!policy && policy.error().find("not evaluated") != std::string::npos)
    return not_implemented("Policy", policy.error() + ".");
  if (!policy) return malformed("Invalid policy syntax: " + policy.error() + ".");  // guess: words
  return std::move(*policy);
}

bool is_public(const Value& policy) {
  return std::ranges::any_of(statements_of(policy), [](const Value& statement) {
    const auto* principal = find_member(statement, "Principal");
    const bool everyone = principal == nullptr || names_everyone(*principal);  // NotPrincipal
    return text_member(statement, "Effect") == "Allow" && everyone && !is_tied(statement);
  });
}

std::vector<Access> accesses_of(std::string_view operation, const Value& input) {
  if (operation == "CreateBucket" || operation == "ListBuckets" || operation == "DeleteObjects")
    return {};  // no bucket yet, none in particular, each key by itself
  const auto resource = std::string(kArn) + std::string(text_member(input, "Bucket"));
  const auto key = text_member(input, "Key");
  const bool version = !text_member(input, "VersionId").empty();
  std::vector<Access> out{
      {action_of(operation, version), key.empty() ? resource : resource + "/" + std::string(key)}};
  if (!text_member(input, "Tagging").empty())
    out.push_back({"s3:PutObjectTagging", out[0].resource});
  const auto source = std::string(text_member(input, "CopySource"));
  if (const auto read = source.empty() ? std::nullopt : std::optional(parse_copy_source(source));
      read && *read)
    out.push_back({action_of("GetObject", (*read)->version_id.has_value()),
                   std::string(kArn) + (*read)->bucket + "/" + (*read)->key});
  return out;
}

std::map<std::string, std::string> policy_context(const room::Context& context,
                                                  const Value& input) {
  const auto& identity = context.identity;
  std::map<std::string, std::string> out{{"aws:securetransport", context.secure ? "true" : "false"},
                                         {"aws:principalarn", identity.arn},
                                         {"aws:principalaccount", context.account},
                                         {"aws:userid", identity.user_id},
                                         {"aws:requestedregion", context.region},
                                         {"aws:principalisawsservice", "false"},
                                         {"aws:viaawsservice", "false"}};
  const bool session = identity.arn.find(":assumed-role/") != std::string::npos;
  const bool root = identity.arn.ends_with(":root");
  out["aws:principaltype"] = root ? "Account" : session ? "AssumedRole" : "User";
  if (const auto user = identity.arn.find(":user/"); user != std::string::npos)
    out["aws:username"] = identity.arn.substr(identity.arn.rfind('/') + 1);
  const auto add = [&](const char* key, std::string_view member) {
    const auto* value = find_member(input, member);
    if (value == nullptr || value->is_null()) return;
    out[key] = value->is_string() ? std::string(as_view(value->get_string())) : to_json(*value);
  };
  add("s3:prefix", "Prefix");
  add("s3:delimiter", "Delimiter");
  add("s3:max-keys", "MaxKeys");
  add("s3:versionid", "VersionId");
  add("s3:x-amz-server-side-encryption", "ServerSideEncryption");
  add("s3:x-amz-storage-class", "StorageClass");
  return out;
}

}  // namespace seatrial::services::s3

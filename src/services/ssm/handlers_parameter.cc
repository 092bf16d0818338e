// Putting and deleting parameters.
#include <boost/algorithm/string/trim.hpp>
#include <boost/regex.hpp>

#include "services/ssm/errors.h"
#include "services/ssm/service.h"

namespace seatrial::services::ssm {
namespace {

using model::Outcome;

// Boost's matcher gives up with an exception where a pattern would take exponential time.
Outcome<void> check_pattern(const std::optional<std::string>& pattern, const std::string& value) {
  if (!pattern || pattern->empty()) return {};
  try {
    if (boost::regex_match(value, boost::regex(*pattern))) return {};
  } catch (const std::runtime_error&) {
    return model::fail("InvalidAllowedPatternException",
                       "The allowedPattern is not a valid regular expression: " + *pattern);
  }
  return model::fail("ParameterPatternMismatchException",
                     "Parameter value, cannot be validated against allowedPattern: " + *pattern);
}

Outcome<void> check_unserved(const api::PutParameterRequest& request) {
  const auto data_type = request.DataType.value_or("text");
  if (data_type != "text") {
    return validation("The following data type is not supported: " + data_type +
                      " (Data type names are all lowercase.)");
  }
  const auto policies = boost::trim_copy(request.Policies.value_or(""));
  if (!policies.empty() && policies != "[]") {
    return model::fail("InvalidPolicyTypeException",
                       "Parameter policies are not carried out here: remove Policies.");
  }
  return {};
}

Outcome<void> check_key(const std::string& type, const std::optional<std::string>& key) {
  if (!key) return {};
  if (type != api::ParameterType::SecureString) {
    return validation("KeyId is required for SecureString type parameter only.");
  }
  if (*key == kDefaultKeyId) return {};
  return model::fail("InvalidKeyId", "The key " + *key +
                                         " does not exist: KMS is not served here, " + "use " +
                                         kDefaultKeyId + ".");
}

Outcome<std::string> choose_type(const api::PutParameterRequest& request,
                                 const ParameterRecord* old) {
  if (old == nullptr) {
    if (!request.Type) {
      return validation("A parameter type is required when you create a parameter.");
    }
    return *request.Type;
  }
  if (request.Type && request.Type != old->current().Type) {
    return model::fail("HierarchyTypeMismatchException",
                       "Parameter Store doesn't support changing a parameter type in a hierarchy. "
                       "For example, you can't change a parameter from a String type to a "
                       "SecureString type. You must create a new, unique parameter.");
  }
  return *old->current().Type;
}

Outcome<std::string> choose_tier(const api::PutParameterRequest& request,
                                 const ParameterRecord* old) {
  const std::string standard(api::ParameterTier::Standard), advanced(api::ParameterTier::Advanced);
  const std::string before = old == nullptr ? standard : *old->current().Tier;
  std::string tier = request.Tier.value_or(before);
  const bool large = request.Value.size() > kStandardValueBytes;
  if (tier == api::ParameterTier::Intelligent_Tiering) {
    tier = large || before == advanced ? advanced : standard;
  }
  if (before == advanced && tier == standard) {
    return validation(
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
        "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the "
        "advanced parameter and recreate it as a standard parameter.");
  }
  if (tier == standard && large) {
    return validation(
        "Standard tier parameters support a maximum parameter value of 4096 characters. To create "
        "a "
        "larger parameter value, upgrade the parameter to use the advanced-parameter tier.");
  }
  if (request.Value.size() > kAdvancedValueBytes) {
    return validation(
        "Advanced tier parameters support a maximum parameter value of 8192 characters.");
  }
  return tier;
}

Outcome<void> check_tags(const api::PutParameterRequest& request) {
  if (request.Tags.empty()) return {};
  if (request.Overwrite.value_or(false)) {
    return validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with "
        "tags, please remove overwrite flag. To update tags for an existing parameter, please use "
        "AddTagsToResource or RemoveTagsFromResource.");
  }
  if (request.Tags.size() > kTagsPerParameter) {
    return model::fail("TooManyTagsError", "A parameter can have at most 50 tags.");
  }
  return {};
}

}  // namespace

room::Outcome<api::ParameterHistory> Ssm::next_version(const Context& context,
                                                       const api::PutParameterRequest& request,
                                                       const ParameterRecord* old) {
  if (request.Value.empty()) return validation("The parameter value can't be empty.");
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const auto type = choose_type(request, old);
  if (!type) return std::unexpected(type.error());
  if (auto ok = check_key(*type, request.KeyId); !ok) return std::unexpected(ok.error());
  const auto tier = choose_tier(request, old);
  if (!tier) return std::unexpected(tier.error());
  // What an overwrite leaves out stays as it was.
  api::ParameterHistory version = old == nullptr ? api::ParameterHistory{} : old->current();
  if (request.AllowedPattern) version.AllowedPattern = request.AllowedPattern;
  if (auto ok = check_pattern(version.AllowedPattern, request.Value); !ok) {
    return std::unexpected(ok.error());
  }
  if (request.Description) version.Description = request.Description;
  version.Name = request.Name;
  version.Type = *type;
  version.Value = request.Value;
  if (*type == api::ParameterType::SecureString) {
    version.KeyId = kDefaultKeyId;
    version.Value = env_.vault.seal(request.Value, "ssm/" + context.region + "/" + request.Name);
  }
  version.Tier = *tier;
  version.DataType = "text";
  version.Version = version.Version.value_or(0) + 1;
  version.LastModifiedDate = context.now;
  version.LastModifiedUser = context.identity.arn;
  version.Labels = {};
  return version;
}

room::Outcome<api::PutParameterResult> Ssm::put_parameter(Context& context,
                                                          const api::PutParameterRequest& request) {
  if (auto ok = check_new_name(request.Name); !ok) return std::unexpected(ok.error());
  if (auto ok = check_tags(request); !ok) return std::unexpected(ok.error());
  const std::string key = context.key(request.Name);
  const ParameterRecord* old = parameters_.find(key);
  if (old != nullptr && !request.Overwrite.value_or(false)) {
    return model::fail("ParameterAlreadyExists",
                       "The parameter already exists. To overwrite this value, set the overwrite "
                       "option in the request to true.");
  }
  auto version = next_version(context, request, old);
  if (!version) return std::unexpected(version.error());
  api::PutParameterResult reply;
  reply.Version = version->Version;
  reply.Tier = version->Tier;
  ParameterRecord record = old == nullptr ? ParameterRecord{} : *old;
  record.versions.push_back(std::move(*version));
  if (record.versions.size() > kVersionsKept) record.versions.erase(record.versions.begin());
  record.tags.insert(record.tags.end(), request.Tags.begin(), request.Tags.end());
  parameters_.put(key, std::move(record));
  return reply;
}

room::Outcome<api::DeleteParameterResult> Ssm::delete_parameter(
    Context& context, const api::DeleteParameterRequest& request) {
  const auto found = find(context.region, parse_reference(request.Name));
  if (!found) return std::unexpected(found.error());
  parameters_.erase(found->key);
  return api::DeleteParameterResult{};
}

room::Outcome<api::DeleteParametersResult> Ssm::delete_parameters(
    Context& context, const api::DeleteParametersRequest& request) {
  api::DeleteParametersResult reply;
  reply.DeletedParameters.given = reply.InvalidParameters.given = true;
  for (const auto& name : request.Names) {
    const auto found = find(context.region, parse_reference(name));
    if (found) parameters_.erase(std::string(found->key));
    (found ? reply.DeletedParameters : reply.InvalidParameters).push_back(name);
  }
  return reply;
}

}  // namespace seatrial::services::ssm

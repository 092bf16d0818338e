// Versions: what $LATEST was when it was published. Sources: API_PublishVersion,
// API_ListVersionsByFunction, API_DeleteFunction.
#include <algorithm>
#include <charconv>

#include "room/page_token.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"
#include "services/lambda/settings.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

// What makes a function another one; its names, dates and description do not.
std::string essence(shape::FunctionConfiguration shown) {
  shown.FunctionArn = shown.Version = shown.RevisionId = shown.LastModified =
      shown.Description = {};
  return to_json(to_value(shown));
}

int number_of(const FunctionRecord& version) {
  int number = 0;
  const auto& text = *version.configuration.Version;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::vector<const FunctionRecord*> Lambda::versions_of(const std::string& function_key) const {
  std::vector<const FunctionRecord*> found;
  for (const auto& [_, version] : tables_.versions.with_prefix(function_key + ":"))
    found.push_back(&version);
  std::ranges::sort(found, {}, [](const auto* version) { return number_of(*version); });
  return found;
}

// AWS publishes nothing when code and configuration are those of the last version: it says that
// one.
const FunctionRecord& Lambda::publish(const FunctionRecord& latest,
                                      const std::optional<std::string>& description) {
  const auto versions = versions_of(latest.key());
  if (!versions.empty() && versions.back()->code == latest.code &&
      essence(shown(*versions.back())) == essence(shown(latest)))
    return *versions.back();
  FunctionRecord counted = latest;
  const std::string number = std::to_string(++counted.last_version);
  FunctionRecord version = counted;
  const std::string key = counted.key();
  tables_.functions.put(key, std::move(counted));
  version.statements.clear();
  version.policy_revision.clear();
  version.tags.clear();
  auto& configuration = version.configuration;
  configuration.Version = number;
  configuration.FunctionArn = *configuration.FunctionArn + ":" + number;
  configuration.RevisionId = env_.rng.uuid();
  if (description) configuration.Description = description;
  return tables_.versions.put(version.key(), version);
}

Outcome<shape::FunctionConfiguration> Lambda::publish_version(
    Context& context, const shape::PublishVersionRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  if (request.PublishTo) return not_served("PublishTo");
  const auto& configuration = (*found)->configuration;
  if (request.RevisionId && *request.RevisionId != *configuration.RevisionId)
    return revision_mismatch();
  if (request.CodeSha256 && *request.CodeSha256 != configuration.CodeSha256.value_or(""))
    return invalid_parameter(
        fmt::format("CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). Please "
                    "try again with the CodeSHA256 in $LATEST.",
                    *request.CodeSha256, configuration.CodeSha256.value_or("")));
  if (versions_of((*found)->key()).size() >= kMaxVersions)
    return user_error("CodeStorageExceededException", "Code storage limit exceeded.", 400);
  return shown(publish(**found, request.Description));
}

Outcome<shape::ListVersionsByFunctionResponse> Lambda::list_versions(
    Context& context, const shape::ListVersionsByFunctionRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  std::size_t from = 0;
  auto all = versions_of((*found)->key());
  all.insert(all.begin(), *found);
  if (request.Marker) {
    const auto last = room::page_token_key(*request.Marker);
    if (!last) return invalid_parameter("Invalid Marker");
    const auto at = std::ranges::find(all, *last, [](const auto* one) { return one->key(); });
    if (at == all.end()) return invalid_parameter("Invalid Marker");
    from = static_cast<std::size_t>(at - all.begin()) + 1;
  }
  const auto most = std::min<std::size_t>(
      request.MaxItems ? static_cast<std::size_t>(*request.MaxItems) : kPage, kPage);
  shape::ListVersionsByFunctionResponse reply;
  reply.Versions.given = true;
  for (; from < all.size() && reply.Versions.size() < most; ++from) {
    auto one = shown(*all[from]);
    if (all[from] == *found) one.FunctionArn = *one.FunctionArn + ":$LATEST";
    reply.Versions.push_back(std::move(one));
  }
  if (from < all.size()) reply.NextMarker = room::page_token(all[from - 1]->key());
  return reply;
}

Outcome<void> Lambda::delete_version(const FunctionRecord& version) {
  const std::string function_key = version.region + "/" + version.name();
  const std::string number = *version.configuration.Version;
  std::string naming;
  for (const auto& [_, alias] : tables_.aliases.with_prefix(function_key + ":"))
    if (alias.names(number)) naming += (naming.empty() ? "" : ", ") + *alias.alias.Name;
  if (!naming.empty())
    return conflict(fmt::format(
        "Unable to delete version because the following aliases reference it: [{}]", naming));
  const std::string key = version.key();
  environments_.retire(key);
  tables_.versions.erase(key);
  return {};
}

// With the function itself.
void Lambda::forget_versions(const std::string& function_key) {
  std::vector<std::string> versions, aliases;
  for (const auto& [key, _] : tables_.versions.with_prefix(function_key + ":"))
    versions.push_back(key);
  for (const auto& [key, _] : tables_.aliases.with_prefix(function_key + ":"))
    aliases.push_back(key);
  for (const auto& key : versions) {
    environments_.retire(key);
    tables_.versions.erase(key);
  }
  for (const auto& key : aliases) tables_.aliases.erase(key);
}

}  // namespace seatrial::services::lambda

// Aliases: names for versions, two of which may share what comes. Sources: API_CreateAlias,
// API_UpdateAlias and lambda/latest/dg/configuring-alias-routing.html.
#include <algorithm>
#include <cmath>

#include "room/page_token.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

std::unexpected<model::AwsError> alias_not_found(const std::string& arn) {
  return not_found("Alias not found: " + arn);
}

const auto& weights_of(const shape::AliasConfiguration& alias) {
  static const decltype(shape::AliasRoutingConfiguration{}.AdditionalVersionWeights) kNone;
  return alias.RoutingConfig ? alias.RoutingConfig->AdditionalVersionWeights : kNone;
}

// A configuration without weights means that there is none (any more).
void take_routing(shape::AliasConfiguration& alias,
                  const std::optional<shape::AliasRoutingConfiguration>& given) {
  if (!given) return;
  alias.RoutingConfig = given;
  if (weights_of(alias).empty()) alias.RoutingConfig.reset();
}

}  // namespace

bool AliasRecord::names(const std::string& version) const {
  return alias.FunctionVersion == version || weights_of(alias).contains(version);
}

// The version that one invocation goes to.
std::string Lambda::pick_version(const AliasRecord& record) {
  constexpr std::uint64_t kParts = 1'000'000;
  const double drawn = static_cast<double>(env_.rng.below(kParts)) / kParts;
  double upto = 0;
  for (const auto& [version, weight] : weights_of(record.alias)) {
    upto += weight;
    if (drawn < upto) return version;
  }
  return *record.alias.FunctionVersion;
}

Outcome<void> Lambda::check_alias(const FunctionRecord& function,
                                  const shape::AliasConfiguration& alias) const {
  const auto there = [&](const std::string& version) {
    return version == "$LATEST" || tables_.versions.contains(function.key() + ":" + version);
  };
  if (!there(*alias.FunctionVersion))
    return function_not_found(function.arn() + ":" + *alias.FunctionVersion);
  const auto& weights = weights_of(alias);
  if (weights.empty()) return {};
  if (weights.size() > 1)
    return invalid_parameter(
        "Number of items in AdditionalVersionWeights cannot be greater than 1");
  const auto& [version, weight] = *weights.begin();
  if (version == "$LATEST" || alias.FunctionVersion == "$LATEST")
    return invalid_parameter(
        "$LATEST is not supported for an alias pointing to more than 1 version");
  if (version == *alias.FunctionVersion)
    return invalid_parameter(fmt::format(
        "Invalid function version {}. Function version {} is already included in routing "
        "configuration.",
        version, version));
  if (!there(version)) return function_not_found(function.arn() + ":" + version);
  if (!(weight >= 0 && weight <= 1)) return invalid_parameter("A weight is between 0 and 1");
  return {};
}

Outcome<shape::AliasConfiguration> Lambda::create_alias(Context& context,
                                                        const shape::CreateAliasRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  AliasRecord record;
  record.function_key = (*found)->key();
  auto& alias = record.alias;
  alias.Name = request.Name;
  alias.AliasArn = (*found)->arn() + ":" + request.Name;
  alias.FunctionVersion = request.FunctionVersion;
  alias.Description = request.Description.value_or("");
  alias.RevisionId = env_.rng.uuid();
  take_routing(alias, request.RoutingConfig);
  if (tables_.aliases.contains(record.key()))
    return conflict("Alias already exists: " + *alias.AliasArn);
  if (auto ok = check_alias(**found, alias); !ok) return std::unexpected(ok.error());
  return tables_.aliases.put(record.key(), record).alias;
}

Outcome<const AliasRecord*> Lambda::alias(const Context& context, const std::string& function_name,
                                          const std::string& name) const {
  const auto found = function(context, function_name, std::nullopt);
  if (!found) return std::unexpected(found.error());
  const auto* record = tables_.aliases.find((*found)->key() + ":" + name);
  if (record == nullptr) return alias_not_found((*found)->arn() + ":" + name);
  return record;
}

Outcome<shape::AliasConfiguration> Lambda::update_alias(Context& context,
                                                        const shape::UpdateAliasRequest& request) {
  const auto found = alias(context, request.FunctionName, request.Name);
  if (!found) return std::unexpected(found.error());
  AliasRecord record = **found;
  if (request.RevisionId && *request.RevisionId != *record.alias.RevisionId)
    return revision_mismatch();
  if (request.FunctionVersion) record.alias.FunctionVersion = request.FunctionVersion;
  if (request.Description) record.alias.Description = request.Description;
  take_routing(record.alias, request.RoutingConfig);
  record.alias.RevisionId = env_.rng.uuid();
  if (auto ok = check_alias(*tables_.functions.find(record.function_key), record.alias); !ok)
    return std::unexpected(ok.error());
  return tables_.aliases.put(record.key(), record).alias;
}

Outcome<shape::AliasConfiguration> Lambda::get_alias(Context& context,
                                                     const shape::GetAliasRequest& request) {
  const auto found = alias(context, request.FunctionName, request.Name);
  if (!found) return std::unexpected(found.error());
  return (*found)->alias;
}

// Deleting an alias that is not there is no error: API_DeleteAlias lists none.
Outcome<model::Empty> Lambda::delete_alias(Context& context,
                                           const shape::DeleteAliasRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  tables_.aliases.erase((*found)->key() + ":" + request.Name);
  return model::Empty{};
}

Outcome<shape::ListAliasesResponse> Lambda::list_aliases(Context& context,
                                                         const shape::ListAliasesRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  std::string after;
  if (request.Marker) {
    const auto key = room::page_token_key(*request.Marker);
    if (!key) return invalid_parameter("Invalid Marker");
    after = *key;
  }
  const auto most = std::min<std::size_t>(
      request.MaxItems ? static_cast<std::size_t>(*request.MaxItems) : kPage, kPage);
  shape::ListAliasesResponse reply;
  reply.Aliases.given = true;
  reply.NextMarker = room::add_page(
      tables_.aliases.with_prefix((*found)->key() + ":"), after, most,
      [&](const auto& record) {
        return !request.FunctionVersion || record.names(*request.FunctionVersion);
      },
      [&](const auto& record) { reply.Aliases.push_back(record.alias); });
  return reply;
}

}  // namespace seatrial::services::lambda

// Reading parameters: one, several, by path, their history and their descriptions.
#include <algorithm>
#include <set>

#include "room/page_token.h"
#include "services/ssm/errors.h"
#include "services/ssm/filters.h"
#include "services/ssm/service.h"

namespace seatrial::services::ssm {
namespace {

// One page of the items in order of `key_of`.
template <class Item, class KeyOf>
model::Outcome<std::vector<Item>> page(std::vector<Item> items, const std::optional<int>& limit,
                                       const std::optional<std::string>& token,
                                       std::optional<std::string>& next, KeyOf key_of) {
  if (token) {
    const auto last = room::page_token_key(*token);
    if (!last) return invalid_next_token();
    std::erase_if(items, [&](const Item& item) { return key_of(item) <= *last; });
  }
  const auto count = static_cast<std::size_t>(limit.value_or(kDefaultPage));
  if (items.size() > count) {
    items.resize(count);
    next = room::page_token(key_of(items.back()));
  }
  return items;
}

api::ParameterMetadata described(const std::string& arn, const api::ParameterHistory& version) {
  api::ParameterMetadata metadata;
  metadata.Name = version.Name;
  metadata.ARN = arn;
  metadata.Type = version.Type;
  metadata.KeyId = version.KeyId;
  metadata.LastModifiedDate = version.LastModifiedDate;
  metadata.LastModifiedUser = version.LastModifiedUser;
  metadata.Description = version.Description;
  metadata.AllowedPattern = version.AllowedPattern;
  metadata.Version = version.Version;
  metadata.Tier = version.Tier;
  metadata.Policies.given = true;
  metadata.DataType = version.DataType;
  return metadata;
}

}  // namespace

room::Outcome<api::GetParameterResult> Ssm::get_parameter(Context& context,
                                                          const api::GetParameterRequest& request) {
  auto parameter = read(context.region, request.Name, request.WithDecryption.value_or(false));
  if (!parameter) return std::unexpected(parameter.error());
  api::GetParameterResult reply;
  reply.Parameter = std::move(*parameter);
  return reply;
}

room::Outcome<api::GetParametersResult> Ssm::get_parameters(
    Context& context, const api::GetParametersRequest& request) {
  api::GetParametersResult reply;
  reply.Parameters.given = reply.InvalidParameters.given = true;
  for (const auto& name : std::set<std::string>(request.Names.begin(), request.Names.end())) {
    auto parameter = read(context.region, name, request.WithDecryption.value_or(false));
    if (parameter) {
      reply.Parameters.push_back(std::move(*parameter));
    } else {
      reply.InvalidParameters.push_back(name);
    }
  }
  return reply;
}

room::Outcome<api::GetParametersByPathResult> Ssm::get_parameters_by_path(
    Context& context, const api::GetParametersByPathRequest& request) {
  if (!request.Path.starts_with('/')) {
    return validation(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
        "with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" "
        "(case-insensitive). It must use only letters, numbers, or the following symbols: . "
        "(period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, "
        "if specified, must use the forward slash symbol \"/\".");
  }
  const auto wanted = make_filter(request.ParameterFilters, true);
  if (!wanted) return std::unexpected(wanted.error());
  std::vector<api::Parameter> found;
  for (const auto& [key, record] : parameters_.with_prefix(context.region + "/")) {
    const auto& version = record.current();
    if (!under_path(*version.Name, request.Path, request.Recursive.value_or(false))) continue;
    if (!(*wanted)(record)) continue;
    found.push_back(shown(context.region, version, request.WithDecryption.value_or(false)));
  }
  api::GetParametersByPathResult reply;
  auto items = page(std::move(found), request.MaxResults, request.NextToken, reply.NextToken,
                    [](const api::Parameter& parameter) { return *parameter.Name; });
  if (!items) return std::unexpected(items.error());
  reply.Parameters = std::move(*items);
  return reply;
}

room::Outcome<api::GetParameterHistoryResult> Ssm::get_parameter_history(
    Context& context, const api::GetParameterHistoryRequest& request) {
  Reference reference = parse_reference(request.Name);
  reference.selector.clear();
  const auto found = find(context.region, reference);
  if (!found) return std::unexpected(found.error());
  api::GetParameterHistoryResult reply;
  // Keys of equal length, so that versions compare as their numbers do.
  const auto key_of = [](const api::ParameterHistory& version) {
    const std::string number = std::to_string(*version.Version);
    return std::string(20 - number.size(), '0') + number;
  };
  constexpr int kDefaultHistoryPage = 50;
  auto items = page(found->record->versions, request.MaxResults.value_or(kDefaultHistoryPage),
                    request.NextToken, reply.NextToken, key_of);
  if (!items) return std::unexpected(items.error());
  for (auto& version : *items) {
    if (request.WithDecryption.value_or(false)) version.Value = plain(context.region, version);
    version.Labels.given = version.Policies.given = true;
  }
  reply.Parameters = std::move(*items);
  return reply;
}

room::Outcome<api::DescribeParametersResult> Ssm::describe_parameters(
    Context& context, const api::DescribeParametersRequest& request) {
  if (!request.Filters.empty() && !request.ParameterFilters.empty()) {
    return validation("You can use either Filters or ParameterFilters in a single request.");
  }
  const auto wanted = request.Filters.empty() ? make_filter(request.ParameterFilters, false)
                                              : make_filter(request.Filters);
  if (!wanted) return std::unexpected(wanted.error());
  std::vector<api::ParameterMetadata> found;
  for (const auto& [key, record] : parameters_.with_prefix(context.region + "/")) {
    if (request.Shared.value_or(false)) break;  // no other account shares anything with this one
    if (!(*wanted)(record)) continue;
    const auto& version = record.current();
    found.push_back(described(arn_of(context.region, env_.account, *version.Name), version));
  }
  api::DescribeParametersResult reply;
  auto items = page(std::move(found), request.MaxResults, request.NextToken, reply.NextToken,
                    [](const api::ParameterMetadata& metadata) { return *metadata.Name; });
  if (!items) return std::unexpected(items.error());
  reply.Parameters = std::move(*items);
  return reply;
}

}  // namespace seatrial::services::ssm

// Describing and listing secrets.
#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>

#include "base/encoding.h"
#include "services/secretsmanager/errors.h"
#include "services/secretsmanager/service.h"
#include "services/secretsmanager/versions.h"

namespace seatrial::services::secretsmanager {
namespace {

using Secret = api::DescribeSecretResponse;

bool any_tag(const Secret& secret, auto&& test) { return std::ranges::any_of(secret.Tags, test); }

// Every word of the value, without regard to case, in some attribute.
bool matches_all_attributes(const Secret& secret, const std::string& value) {
  std::vector<std::string> words;
  boost::split(
      words, value, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
      boost::token_compress_on);
  return std::ranges::all_of(words, [&](const std::string& word) {
    return boost::icontains(*secret.Name, word) ||
           boost::icontains(secret.Description.value_or(""), word) ||
           any_tag(secret, [&](const api::Tag& tag) {
             return boost::icontains(tag.Key.value_or(""), word) ||
                    boost::icontains(tag.Value.value_or(""), word);
           });
  });
}

bool matches_value(const Secret& secret, const std::string& key, const std::string& value) {
  if (key == "name") return secret.Name->starts_with(value);
  if (key == "description") return boost::istarts_with(secret.Description.value_or(""), value);
  if (key == "all") return matches_all_attributes(secret, value);
  return any_tag(secret, [&](const api::Tag& tag) {
    return (key == "tag-key" ? tag.Key : tag.Value).value_or("").starts_with(value);
  });
}

// Values are alternatives; a leading '!' means not.
bool matches(const Secret& secret, const api::Filter& filter) {
  return std::ranges::any_of(filter.Values, [&](const std::string& value) {
    if (!value.starts_with('!')) return matches_value(secret, *filter.Key, value);
    return !matches_value(secret, *filter.Key, value.substr(1));
  });
}

model::Outcome<void> check_filters(const model::List<api::Filter>& filters) {
  constexpr std::string_view kKnown[] = {"name", "description", "tag-key", "tag-value", "all"};
  for (const auto& filter : filters) {
    if (std::ranges::find(kKnown, filter.Key.value_or("")) == std::end(kKnown)) {
      return invalid_parameter("The filter key " + filter.Key.value_or("(none)") +
                               " is not served here: use name, description, tag-key, tag-value or "
                               "all.");
    }
    if (filter.Values.empty()) return invalid_parameter("The filter has no values.");
  }
  return {};
}

// What the list is ordered by, ties by name.
std::pair<std::int64_t, std::string> sort_key(const Secret& secret, const std::string& by) {
  std::optional<Time> time = secret.CreatedDate;
  if (by == "last-accessed-date") time = secret.LastAccessedDate;
  if (by == "last-changed-date") time = secret.LastChangedDate;
  if (by == "name") time.reset();
  return {time ? to_ms(*time) : 0, *secret.Name};
}

api::SecretListEntry entry_of(const SecretRecord& record) {
  api::SecretListEntry entry;
  entry.ARN = record.shape.ARN;
  entry.Name = record.shape.Name;
  entry.Description = record.shape.Description;
  entry.KmsKeyId = record.shape.KmsKeyId;
  entry.LastChangedDate = record.shape.LastChangedDate;
  entry.LastAccessedDate = record.shape.LastAccessedDate;
  entry.DeletedDate = record.shape.DeletedDate;
  entry.CreatedDate = record.shape.CreatedDate;
  entry.Tags = record.shape.Tags;
  entry.SecretVersionsToStages = ids_to_stages(record);
  return entry;
}

}  // namespace

room::Outcome<api::DescribeSecretResponse> SecretsManager::describe_secret(
    Context& context, const api::DescribeSecretRequest& request) {
  const auto found = find(context.region, request.SecretId);
  if (!found) return std::unexpected(found.error());
  api::DescribeSecretResponse reply = found->secret->shape;
  reply.VersionIdsToStages = ids_to_stages(*found->secret);
  return reply;
}

room::Outcome<api::ListSecretsResponse> SecretsManager::list_secrets(
    Context& context, const api::ListSecretsRequest& request) {
  if (auto ok = check_filters(request.Filters); !ok) return std::unexpected(ok.error());
  std::vector<const SecretRecord*> found;
  for (const auto& [key, record] : secrets_.with_prefix(context.region + "/")) {
    if (record.shape.DeletedDate && !request.IncludePlannedDeletion.value_or(false)) continue;
    const bool wanted = std::ranges::all_of(
        request.Filters, [&](const api::Filter& filter) { return matches(record.shape, filter); });
    if (wanted) found.push_back(&record);
  }
  const std::string by = request.SortBy.value_or("created-date");
  std::ranges::sort(found, {},
                    [&](const SecretRecord* record) { return sort_key(record->shape, by); });
  if (request.SortOrder.value_or("desc") == "desc") std::ranges::reverse(found);
  auto from = found.begin();
  if (request.NextToken) {
    const auto last = base64_decode(*request.NextToken).value_or("");
    from = std::ranges::find(found, last, [](const SecretRecord* r) { return *r->shape.Name; });
    if (from == found.end()) {
      return model::fail("InvalidNextTokenException", "The NextToken value is invalid.");
    }
    ++from;
  }
  api::ListSecretsResponse reply;
  reply.SecretList.given = true;
  const auto limit = static_cast<std::size_t>(request.MaxResults.value_or(kDefaultPage));
  for (; from != found.end() && reply.SecretList.size() < limit; ++from) {
    reply.SecretList.push_back(entry_of(**from));
  }
  if (from != found.end() && limit > 0)
    reply.NextToken = base64_encode(*reply.SecretList.back().Name);
  return reply;
}

}  // namespace seatrial::services::secretsmanager

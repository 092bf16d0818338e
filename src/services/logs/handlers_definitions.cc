// Saved queries. Sources: API_PutQueryDefinition, API_DescribeQueryDefinitions,
// API_DeleteQueryDefinition. As AWS does, the query's text is stored unread.
#include <algorithm>

#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

constexpr int kMaxDescribed = 1'000;
constexpr std::size_t kMaxDefinitions = 1'000;  // AWS: of a region
constexpr std::size_t kMaxDefinitionGroups = 50;

auto no_such_definition() {
  return model::fail("ResourceNotFoundException", "The specified query definition does not exist.");
}

aws::logs::QueryDefinition shape_of(const QueryDefinitionRecord& record) {
  aws::logs::QueryDefinition out;
  out.queryLanguage = aws::logs::QueryLanguage::CWLI;
  out.queryDefinitionId = record.id;
  out.name = record.name;
  out.queryString = record.text;
  out.lastModified = to_ms(record.modified);
  out.logGroupNames = {record.groups};
  for (const auto& parameter : record.parameters)
    out.parameters.push_back({parameter.name, parameter.preset, parameter.description});
  out.parameters.given = !out.parameters.empty();
  return out;
}

}  // namespace

Logs::Outcome<aws::logs::PutQueryDefinitionResponse> Logs::put_definition(
    Context& context, const aws::logs::PutQueryDefinitionRequest& request) {
  if (request.queryLanguage && *request.queryLanguage != aws::logs::QueryLanguage::CWLI)
    return not_served("the query language " + *request.queryLanguage);
  if (request.logGroupNames.size() > kMaxDefinitionGroups)
    return invalid_parameter("A query definition can include no more than 50 log groups.");
  QueryDefinitionRecord record{request.queryDefinitionId.value_or(""),
                               request.name,
                               request.queryString,
                               request.logGroupNames,
                               {},
                               context.now,
                               request.clientToken.value_or("")};
  for (const auto& parameter : request.parameters)
    record.parameters.push_back({parameter.name, parameter.defaultValue, parameter.description});
  aws::logs::PutQueryDefinitionResponse reply;
  if (request.queryDefinitionId) {
    if (!definitions_.contains(context.key(record.id))) return no_such_definition();
  } else {
    std::size_t count = 0;
    for (const auto& [key, known] : definitions_.with_prefix(context.region + "/")) {
      ++count;
      if (record.client_token.empty() || known.client_token != record.client_token) continue;
      reply.queryDefinitionId = known.id;  // the same request once more
      return reply;
    }
    if (count >= kMaxDefinitions)
      return model::fail("LimitExceededException", "There are too many query definitions.");
    record.id = env_.rng.uuid();
  }
  reply.queryDefinitionId = record.id;
  const auto key = context.key(record.id);
  definitions_.put(key, std::move(record));
  return reply;
}

Logs::Outcome<aws::logs::DescribeQueryDefinitionsResponse> Logs::describe_definitions(
    Context& context, const aws::logs::DescribeQueryDefinitionsRequest& request) {
  const auto most = check_limit(request.maxResults, kMaxDescribed, kMaxDescribed);
  if (!most) return std::unexpected(most.error());
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  const auto prefix = request.queryDefinitionNamePrefix.value_or("");
  const bool other_language =
      request.queryLanguage && *request.queryLanguage != aws::logs::QueryLanguage::CWLI;
  aws::logs::DescribeQueryDefinitionsResponse reply;
  reply.queryDefinitions.given = true;
  for (const auto& [key, record] : definitions_.with_prefix(context.region + "/")) {
    if (record.id <= *after || !record.name.starts_with(prefix) || other_language) continue;
    if (reply.queryDefinitions.size() == static_cast<std::size_t>(*most)) {
      reply.nextToken = room::page_token(*reply.queryDefinitions.back().queryDefinitionId);
      break;
    }
    reply.queryDefinitions.push_back(shape_of(record));
  }
  return reply;
}

Logs::Outcome<aws::logs::DeleteQueryDefinitionResponse> Logs::delete_definition(
    Context& context, const aws::logs::DeleteQueryDefinitionRequest& request) {
  if (!definitions_.erase(context.key(request.queryDefinitionId))) return no_such_definition();
  aws::logs::DeleteQueryDefinitionResponse reply;
  reply.success = true;
  return reply;
}

}  // namespace seatrial::services::logs

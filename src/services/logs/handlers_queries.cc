// Insights queries: started, looked at, stopped. Sources: API_StartQuery, API_GetQueryResults,
// API_StopQuery, API_DescribeQueries, API_ListLogGroupsForQuery.
#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/query_source.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

namespace query = seatrial::logs::query;
namespace run = seatrial::logs::run;

constexpr std::size_t kMaxQueryGroups = 50;
constexpr int kGroupsForQuery = 500;  // AWS: at most
constexpr int kMaxRows = 100'000, kPage = 10'000, kMaxDescribed = 1'000;
constexpr std::chrono::hours kTokenLife{1};

auto malformed(std::string_view text, const seatrial::logs::Problem& problem) {
  auto error = model::AwsError{"MalformedQueryException", query::malformed_message(text, problem)};
  const auto offset = [&](std::size_t byte) {
    return static_cast<std::int64_t>(query::character_offset(text, std::min(byte, text.size())));
  };
  error.details =
      Object{{"queryCompileError",
              Object{{"location", Object{{"startCharOffset", offset(problem.span.begin)},
                                         {"endCharOffset", offset(problem.span.end)}}},
                     {"message", error.message}}}};
  return std::unexpected(std::move(error));
}

auto no_such_query(const std::string& id) {
  return model::fail("ResourceNotFoundException",
                     "The query with the id " + id + " does not exist.");
}

// A place in the rows of one query.
std::string rows_token(const std::string& id, std::size_t row, Time now) {
  return base64_encode(fmt::format("rows:{}:{}:{}", id, row, to_ms(now)));
}

std::optional<std::size_t> read_rows_token(std::string_view token, const std::string& id,
                                           Time now) {
  const auto text = base64_decode(token);
  const auto mark = "rows:" + id + ":";
  if (!text || !text->starts_with(mark)) return std::nullopt;
  std::size_t row = 0;
  std::int64_t made = 0;
  const char *at = text->data() + mark.size(), *const end = text->data() + text->size();
  const auto first = std::from_chars(at, end, row);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, made);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  if (now - from_ms(made) > kTokenLife) return std::nullopt;
  return row;
}

aws::logs::QueryStatistics statistics_of(const run::Statistics& from) {
  aws::logs::QueryStatistics out;
  out.recordsMatched = static_cast<double>(from.records_matched);
  out.recordsScanned = static_cast<double>(from.records_scanned);
  out.bytesScanned = static_cast<double>(from.bytes_scanned);
  out.estimatedRecordsSkipped = static_cast<double>(from.records_skipped);
  out.estimatedBytesSkipped = static_cast<double>(from.bytes_skipped);
  out.logGroupsScanned = static_cast<double>(from.groups_scanned);
  return out;
}

model::List<aws::logs::ResultField> fields_of(const run::ResultRow& row,
                                              const run::Program& program) {
  model::List<aws::logs::ResultField> out;
  out.given = true;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row[i]) out.push_back({program.columns()[i].name, *row[i]});
  return out;
}

room::Outcome<void> check_language(const std::optional<std::string>& language) {
  if (!language || *language == aws::logs::QueryLanguage::CWLI) return {};
  return not_served("the query language " + *language);
}

}  // namespace

// guess: AWS's words for a group that is not there.
Logs::Outcome<std::vector<std::string>> Logs::query_groups(
    const Context& context, const aws::logs::StartQueryRequest& request) const {
  const int given = static_cast<int>(request.logGroupName.has_value()) +
                    static_cast<int>(!request.logGroupNames.empty()) +
                    static_cast<int>(!request.logGroupIdentifiers.empty());
  if (given > 1) {
    return invalid_parameter(
        "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers can be specified.");
  }
  std::vector<std::string> identifiers(request.logGroupNames.begin(), request.logGroupNames.end());
  if (request.logGroupName) identifiers = {*request.logGroupName};
  if (!request.logGroupIdentifiers.empty()) identifiers = request.logGroupIdentifiers;
  if (identifiers.size() > kMaxQueryGroups) {
    return invalid_parameter(fmt::format("A query can include no more than {} log groups, not {}.",
                                         kMaxQueryGroups, identifiers.size()));
  }
  std::vector<std::string> keys;
  for (const auto& identifier : identifiers) {
    const auto key = find_group(context, std::nullopt, identifier);
    if (!key && key.error().code == "ResourceNotFoundException") {
      return model::fail("ResourceNotFoundException",
                         fmt::format("Log group '{}' does not exist for account ID '{}'",
                                     identifier, context.account));
    }
    if (!key) return std::unexpected(key.error());
    if (std::ranges::find(keys, *key) == keys.end()) keys.push_back(*key);
  }
  return keys;
}

Logs::Outcome<aws::logs::StartQueryResponse> Logs::start_query(
    Context& context, const aws::logs::StartQueryRequest& request) {
  if (auto ok = check_language(request.queryLanguage); !ok) return std::unexpected(ok.error());
  const auto limit = check_limit(request.limit, kPage, kMaxRows);
  if (!limit) return std::unexpected(limit.error());
  if (request.startTime < 0 || request.endTime < request.startTime) {
    return invalid_parameter("The start time must not be after the end time.");
  }
  const auto groups = query_groups(context, request);
  if (!groups) return std::unexpected(groups.error());
  const auto& text = request.queryString;
  const auto parsed = query::parse(text);
  for (const auto& problem : parsed.problems)
    if (problem.refused()) return malformed(text, problem);
  if (parsed.query.source.has_value() == !groups->empty()) {
    return invalid_parameter(
        "The log groups are named either by exactly one of logGroupName, logGroupNames and "
        "logGroupIdentifiers, or by SOURCE in the query.");
  }
  run::BuildOptions options{*groups, 0, [&](const query::Source& source) {
                              return groups_of_source(source, context, groups_);
                            }};
  options.find_lookup = [&](const std::string& name) {
    return lookup_source(context.region, name);
  };
  if (request.limit) options.limit = static_cast<std::size_t>(*limit);
  auto program = run::build(parsed.query, text, options);
  if (!program) return malformed(text, program.error());
  if (queries_.active() >= Queries::kMaxActive) {
    return model::fail("LimitExceededException",
                       fmt::format("Account maximum query concurrency limit of [{}] reached.",
                                   Queries::kMaxActive));
  }
  QueryRecord record{env_.rng.uuid(),      context.region,    text,
                     (*program)->groups(), request.startTime, request.endTime};
  record.limit = static_cast<std::int64_t>(options.limit);
  record.created = context.now;
  record.user = context.identity.arn;
  aws::logs::StartQueryResponse reply;
  reply.queryId = record.id;
  queries_.begin(std::move(record), Queries::Program(std::move(*program)));
  return reply;
}

Logs::Outcome<aws::logs::GetQueryResultsResponse> Logs::query_results(
    Context& context, const aws::logs::GetQueryResultsRequest& request) {
  std::size_t from = 0;
  if (request.nextToken) {
    const auto row = read_rows_token(*request.nextToken, request.queryId, context.now);
    if (!row) return invalid_parameter("The specified nextToken is invalid.");
    from = *row;
  }
  int page = request.maxItems.value_or(kPage);
  if (page < 0 || page > kPage) {
    return invalid_value(std::to_string(page), "maxItems", "have value between 0 and 10000");
  }
  if (page == 0) page = kPage;  // guess: 0 is as if it were not given
  const auto view = queries_.find(context.key(request.queryId), true);
  if (view.record == nullptr) return no_such_query(request.queryId);
  aws::logs::GetQueryResultsResponse reply;
  reply.queryLanguage = aws::logs::QueryLanguage::CWLI;
  reply.status = view.status;
  reply.results.given = true;
  reply.statistics = statistics_of(view.result ? view.result->statistics : run::Statistics{});
  if (!view.result) return reply;
  const auto& rows = view.result->rows;
  const auto end = std::min(rows.size(), from + static_cast<std::size_t>(page));
  for (std::size_t i = from; i < end; ++i)
    reply.results.push_back(fields_of(rows[i], *view.program));
  if (end < rows.size() && view.status == aws::logs::QueryStatus::Complete)
    reply.nextToken = rows_token(request.queryId, end, context.now);
  return reply;
}

// In the order of their names.
Logs::Outcome<aws::logs::ListLogGroupsForQueryResponse> Logs::groups_for_query(
    Context& context, const aws::logs::ListLogGroupsForQueryRequest& request) {
  const int most = request.maxResults.value_or(kGroupsForQuery);
  const auto* record = queries_.find(context.key(request.queryId), false).record;
  if (record == nullptr) return no_such_query(request.queryId);
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  auto groups = record->groups;
  std::ranges::sort(groups);
  aws::logs::ListLogGroupsForQueryResponse reply;
  reply.logGroupIdentifiers.given = true;
  for (const auto& group : groups) {
    if (group <= *after) continue;
    if (reply.logGroupIdentifiers.size() == static_cast<std::size_t>(most)) {
      reply.nextToken = room::page_token(context.key(reply.logGroupIdentifiers.back()));
      break;
    }
    reply.logGroupIdentifiers.push_back(group.substr(context.region.size() + 1));
  }
  return reply;
}

Logs::Outcome<aws::logs::StopQueryResponse> Logs::stop_query(
    Context& context, const aws::logs::StopQueryRequest& request) {
  const auto key = context.key(request.queryId);
  const auto view = queries_.find(key, false);
  if (view.record == nullptr) return no_such_query(request.queryId);
  if (!queries_.cancel(key)) {
    return invalid_parameter(
        fmt::format("The query with the id {} is not running: its status is {}.", request.queryId,
                    view.status));
  }
  aws::logs::StopQueryResponse reply;
  reply.success = true;
  return reply;
}

Logs::Outcome<aws::logs::DescribeQueriesResponse> Logs::describe_queries(
    Context& context, const aws::logs::DescribeQueriesRequest& request) {
  if (auto ok = check_language(request.queryLanguage); !ok) return std::unexpected(ok.error());
  const auto most = check_limit(request.maxResults, kMaxDescribed, kMaxDescribed);
  if (!most) return std::unexpected(most.error());
  std::vector<const QueryRecord*> chosen;
  for (const auto& [key, record] : queries_.records().with_prefix(context.region + "/")) {
    const auto group = request.logGroupName ? context.key(*request.logGroupName) : "";
    if (request.logGroupName && std::ranges::find(record.groups, group) == record.groups.end())
      continue;
    if (request.status && queries_.find(key, false).status != *request.status) continue;
    chosen.push_back(&record);
  }
  // Newest first; of two of the same moment by their ids.
  const auto place = [](const QueryRecord* r) {
    return fmt::format("{:020}{}", to_ms(r->created), r->id);
  };
  std::ranges::sort(chosen, std::greater(), place);
  std::optional<std::string> after;
  if (request.nextToken) {
    after = room::page_token_key(*request.nextToken);
    if (!after) return invalid_parameter("The specified nextToken is invalid.");
  }
  aws::logs::DescribeQueriesResponse reply;
  reply.queries.given = true;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (after && place(chosen[i]) >= *after) continue;
    if (reply.queries.size() == static_cast<std::size_t>(*most)) {
      reply.nextToken = room::page_token(place(chosen[i - 1]));
      break;
    }
    const auto& record = *chosen[i];
    aws::logs::QueryInfo info;
    info.queryLanguage = aws::logs::QueryLanguage::CWLI;
    info.queryId = record.id;
    info.queryString = record.text;
    info.status = queries_.find(context.key(record.id), false).status;
    info.createTime = to_ms(record.created);
    if (!record.groups.empty())  // guess: of several the first
      info.logGroupName = record.groups[0].substr(context.region.size() + 1);
    info.queryDuration = record.duration_ms;
    info.bytesScanned = static_cast<double>(record.bytes_scanned);
    info.userIdentity = record.user;
    reply.queries.push_back(std::move(info));
  }
  return reply;
}

}  // namespace seatrial::services::logs

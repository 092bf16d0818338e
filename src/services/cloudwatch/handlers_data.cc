// GetMetricData: statistics, metric math and SEARCH, in pages of data points.
//
// What a question means is decided in metrics/data_query; here is what the API adds: limits, order,
// pages. A page token holds the place in the sequence of all data points and a digest of the
// question, so that a token of another question is refused (InvalidNextToken).
// Source: API_GetMetricData.
#include <fmt/format.h>

#include <charconv>

#include "base/encoding.h"
#include "metrics/data_query.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/periods.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using aws::cloudwatch::GetMetricDataInput;
using aws::cloudwatch::GetMetricDataOutput;
using metrics::DataQuery;
using room::Outcome;

constexpr std::size_t kMaxQueries = 500;
constexpr int kMaxDatapointsOfRequest = 100'800;
constexpr std::chrono::hours kSelectReach{14 * 24};  // of a Metrics Insights query
constexpr std::string_view kTokenMark = "data:";

Outcome<DataQuery> data_query_of(const aws::cloudwatch::MetricDataQuery& given, std::size_t index,
                                 const room::Context& context) {
  const auto at = fmt::format("MetricDataQueries.member.{}.", index + 1);
  if (given.AccountId && *given.AccountId != context.account) {
    return invalid_value("Seatrial does not serve linked accounts yet: " + at + "AccountId.");
  }
  if (given.MetricStat && given.Expression) {
    return invalid_combination("The parameters " + at + "MetricStat and " + at +
                               "Expression are mutually exclusive.");
  }
  if (!given.MetricStat && !given.Expression) {
    return missing_parameter("The parameter " + at + "MetricStat or " + at +
                             "Expression is required.");
  }
  DataQuery query{given.Id,
                  {},
                  given.Expression.value_or(""),
                  given.Period.value_or(0),
                  given.Label.value_or(""),
                  given.ReturnData.value_or(true)};
  if (given.Expression && given.Expression->empty()) {
    return invalid_value("The value '' for parameter " + at + "Expression is invalid.");
  }
  if (given.MetricStat) {
    const auto& stat = *given.MetricStat;
    metrics::SeriesId series{context.region,
                             stat.Metric.Namespace.value_or(""),
                             stat.Metric.MetricName.value_or(""),
                             {},
                             stat.Unit.value_or("")};
    if (series.name_space.empty() || series.name.empty()) {
      return missing_parameter("The parameter " + at + "MetricStat.Metric." +
                               (series.name_space.empty() ? "Namespace" : "MetricName") +
                               " is required.");
    }
    if (given.Period) {
      return invalid_combination("The parameters " + at + "Period and " + at +
                                 "MetricStat are mutually exclusive.");
    }
    for (const auto& d : stat.Metric.Dimensions) series.dimensions.push_back({d.Name, d.Value});
    query.stat = DataQuery::Stat{std::move(series), stat.Period, stat.Stat};
  }
  return query;
}

Outcome<std::vector<DataQuery>> queries_of(const GetMetricDataInput& request,
                                           const room::Context& context) {
  if (request.MetricDataQueries.empty()) {
    return missing_parameter("The parameter MetricDataQueries is required.");
  }
  if (request.MetricDataQueries.size() > kMaxQueries) {
    return invalid_value(fmt::format(
        "The collection MetricDataQueries must not have a size greater than {}.", kMaxQueries));
  }
  std::vector<DataQuery> queries;
  for (std::size_t i = 0; i < request.MetricDataQueries.size(); ++i) {
    auto query = data_query_of(request.MetricDataQueries[i], i, context);
    if (!query) return std::unexpected(query.error());
    queries.push_back(std::move(*query));
  }
  return queries;
}

Outcome<void> check_data(const GetMetricDataInput& request) {
  if (request.StartTime >= request.EndTime) {
    return invalid_value("The parameter StartTime must be less than the parameter EndTime.");
  }
  const int limit = request.MaxDatapoints.value_or(kMaxDatapointsOfRequest);
  if (limit < 1 || limit > kMaxDatapointsOfRequest) {
    return invalid_value(fmt::format(
        "The value {} for parameter MaxDatapoints is invalid: it must be between 1 and {}.", limit,
        kMaxDatapointsOfRequest));
  }
  return {};
}

Outcome<int> label_offset(const GetMetricDataInput& request) {
  if (!request.LabelOptions || !request.LabelOptions->Timezone) return 0;
  const auto& zone = *request.LabelOptions->Timezone;
  int digits = 0;
  const bool signed_four = zone.size() == 5 && (zone[0] == '+' || zone[0] == '-');
  const auto [end, error] = std::from_chars(zone.data() + 1, zone.data() + zone.size(), digits);
  if (!signed_four || error != std::errc{} || end != zone.data() + zone.size() || digits < 0 ||
      digits % 100 > 59 || digits > 1400) {
    return invalid_value("The value " + zone + " for parameter LabelOptions.Timezone is invalid.");
  }
  const int minutes = digits / 100 * 60 + digits % 100;
  return zone[0] == '-' ? -minutes : minutes;
}

std::string digest_of(GetMetricDataInput request) {
  request.NextToken.reset();
  request.MaxDatapoints.reset();
  return hex_encode(sha256(to_json(to_value(request)))).substr(0, 16);
}

Outcome<std::size_t> place_of(const GetMetricDataInput& request, const std::string& digest) {
  if (!request.NextToken) return 0;
  const auto text = base64_decode(*request.NextToken).value_or("");
  const auto mark = std::string(kTokenMark) + digest + ":";
  std::size_t place = 0;
  const auto* end = text.data() + text.size();
  if (!text.starts_with(mark)) {
    return model::fail("InvalidNextToken", "The next token specified is invalid.");
  }
  const auto [stop, error] = std::from_chars(text.data() + mark.size(), end, place);
  if (error != std::errc{} || stop != end) {
    return model::fail("InvalidNextToken", "The next token specified is invalid.");
  }
  return place;
}

struct DataPage {
  std::size_t from, to;  // in the sequence of all data points
};

// The part of one result that lies on the page; its first point is number `begin` of all.
aws::cloudwatch::MetricDataResult part_of(const metrics::DataResult& result, std::size_t begin,
                                          DataPage page, bool ascending) {
  aws::cloudwatch::MetricDataResult part;
  part.Id = result.id;
  part.Label = result.label;
  part.Timestamps.given = part.Values.given = true;
  const std::size_t size = result.points.size();
  const auto room = std::min(size, page.to - page.from);
  part.Timestamps.reserve(room);
  part.Values.reserve(room);
  for (std::size_t i = std::max(begin, page.from); i < std::min(begin + size, page.to); ++i) {
    const std::size_t n = i - begin;
    const auto& point = result.points[ascending ? n : size - 1 - n];
    part.Timestamps.push_back(point.at);
    part.Values.push_back(point.value);
  }
  part.StatusCode = begin + size > page.to ? "PartialData" : "Complete";
  return part;
}

bool on_page(std::size_t begin, std::size_t size, DataPage page, bool last) {
  if (size == 0) return begin >= page.from && (begin < page.to || last);
  return begin < page.to && begin + size > page.from;
}

GetMetricDataOutput reply_of(const std::vector<metrics::DataResult>& results, DataPage page,
                             bool ascending, const std::string& digest) {
  GetMetricDataOutput reply;
  reply.MetricDataResults.given = reply.Messages.given = true;
  std::size_t total = 0;
  for (const auto& result : results) total += result.points.size();
  std::size_t begin = 0;
  for (const auto& result : results) {
    if (on_page(begin, result.points.size(), page, total <= page.to)) {
      reply.MetricDataResults.push_back(part_of(result, begin, page, ascending));
    }
    begin += result.points.size();
  }
  if (total > page.to) {
    reply.NextToken =
        base64_encode(std::string(kTokenMark) + digest + ":" + std::to_string(page.to));
  }
  return reply;
}

// guess: the words of all but the first.
void add_messages(const metrics::RunNotices& notices, GetMetricDataOutput& reply) {
  const auto add = [&](bool noticed, const char* code, const char* text) {
    if (!noticed) return;
    aws::cloudwatch::MessageData message;
    message.Code = code;
    message.Value = text;
    reply.Messages.push_back(std::move(message));
  };
  add(notices.metrics, "MaxMetricsExceeded", "Maximum number of allowed metrics exceeded");
  add(notices.time_range, "MaxQueryTimeRangeExceeded",
      "Max time window exceeded for query: the most recent two weeks were queried");
  add(notices.matching_results, "MaxMatchingResultsExceeded",
      "The query matched more than 10,000 metrics; results might be incomplete");
  add(notices.query_results, "MaxQueryResultsExceeded",
      "Only the first 500 time series can be returned by a query");
}

int shortest_period(const std::vector<DataQuery>& queries) {
  int shortest = 60;
  for (const auto& query : queries) {
    if (query.stat) shortest = std::min(shortest, query.stat->period_s);
    if (query.period_s != 0) shortest = std::min(shortest, query.period_s);
  }
  return std::max(1, shortest);
}

}  // namespace

Outcome<GetMetricDataOutput> CloudWatch::get_metric_data(room::Context& context,
                                                         const GetMetricDataInput& request) {
  if (auto ok = check_data(request); !ok) return std::unexpected(ok.error());
  const auto queries = queries_of(request, context);
  if (!queries) return std::unexpected(queries.error());
  const auto offset = label_offset(request);
  if (!offset) return std::unexpected(offset.error());
  const auto digest = digest_of(request);
  const auto from = place_of(request, digest);
  if (!from) return std::unexpected(from.error());
  metrics::RunNotices notices;
  metrics::RunOptions options{*offset, context.account, &notices};
  options.select_since = context.now - kSelectReach;
  options.quotas = &resources_;
  const Time start = floor_start(request.StartTime, context.now, shortest_period(*queries));
  const auto results =
      metrics::run_queries(engine_, context.region, *queries, start, request.EndTime, options);
  if (!results) return model::fail("ValidationError", results.error().message);
  const auto limit =
      static_cast<std::size_t>(request.MaxDatapoints.value_or(kMaxDatapointsOfRequest));
  auto reply = reply_of(*results, {*from, *from + limit},
                        request.ScanBy.value_or("") == "TimestampAscending", digest);
  add_messages(notices, reply);
  return reply;
}

}  // namespace seatrial::services::cloudwatch

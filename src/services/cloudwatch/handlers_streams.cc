// Metric streams as the API has them. Sources: API_PutMetricStream, API_GetMetricStream,
// API_ListMetricStreams, API_StartMetricStreams, API_StopMetricStreams, API_DeleteMetricStream.
// guess: the words of refusals; deleting a stream that is not there succeeds, for its model names
// no error for it; starting or stopping one is refused.
#include "metrics/statistic.h"
#include "room/page_token.h"
#include "services/cloudwatch/alarm_rules.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/otel.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;
using StreamInput = shape::PutMetricStreamInput;

constexpr std::size_t kMaxFilters = 1000, kMaxConfigurations = 100, kMaxPairs = 100;
constexpr std::ptrdiff_t kMaxMetricStreams = 1000;  // of a region: each costs time every minute
constexpr int kStreamsPage = 500;

auto invalid_of(const std::string& name, const std::string& why) {
  return invalid_value("The value for parameter " + name + " is invalid: " + why);
}

Outcome<void> check_stream_names(const StreamInput& in) {
  const bool plain = std::ranges::all_of(in.Name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
  if (!plain) return invalid_of("Name", "it may hold letters, digits, - and _ only.");
  if (!in.IncludeFilters.empty() && !in.ExcludeFilters.empty()) {
    return invalid_combination("IncludeFilters and ExcludeFilters must not be specified together.");
  }
  if (in.IncludeFilters.size() > kMaxFilters || in.ExcludeFilters.size() > kMaxFilters)
    return invalid_of("Filters", fmt::format("there are more than {}.", kMaxFilters));
  for (const auto* filters : {&in.IncludeFilters, &in.ExcludeFilters})
    for (const auto& filter : *filters)
      if (!filter.Namespace)
        return missing_parameter("The parameter Namespace of a filter is required.");
  return {};
}

Outcome<void> check_stream_statistics(const StreamInput& in) {
  if (in.StatisticsConfigurations.size() > kMaxConfigurations)
    return invalid_of("StatisticsConfigurations",
                      fmt::format("it has more than {}.", kMaxConfigurations));
  for (const auto& configuration : in.StatisticsConfigurations) {
    if (configuration.IncludeMetrics.size() > kMaxPairs)
      return invalid_of("IncludeMetrics", fmt::format("it has more than {} metrics.", kMaxPairs));
    for (const auto& name : configuration.AdditionalStatistics) {
      const auto statistic = metrics::Statistic::parse(name);
      if (!statistic) return invalid_of("AdditionalStatistics", name + " is no statistic.");
      if (in.OutputFormat != shape::MetricStreamOutputFormat::json && !otel_quantile(name)) {
        return invalid_of("AdditionalStatistics",
                          name + " is no percentile, which " + in.OutputFormat + " needs.");
      }
    }
  }
  return {};
}

Outcome<void> check_stream_targets(const StreamInput& in, const room::Context& context,
                                   const MetricStreamTarget* target) {
  if (in.IncludeLinkedAccountsMetrics.value_or(false)) {
    return invalid_of("IncludeLinkedAccountsMetrics",
                      "Seatrial does not serve linked accounts yet.");
  }
  const auto firehose = parse_arn(in.FirehoseArn), role = parse_arn(in.RoleArn);
  if (!firehose || firehose->service != "firehose" || firehose->account != context.account ||
      firehose->region != context.region)
    return invalid_of("FirehoseArn",
                      in.FirehoseArn + " is no delivery stream of this account and region.");
  if (!role || role->service != "iam" || !role->resource.starts_with("role/") ||
      role->account != context.account)
    return invalid_of("RoleArn", in.RoleArn + " is no role of this account.");
  if (target == nullptr)
    return invalid_of("FirehoseArn", "Seatrial serves no Firehose yet; the stream was not stored.");
  if (!target->has_stream(in.FirehoseArn))
    return invalid_of("FirehoseArn", "the delivery stream " + in.FirehoseArn + " does not exist.");
  if (!target->may_assume(in.RoleArn)) {
    return invalid_of("RoleArn", "the role " + in.RoleArn +
                                     " does not exist, or its trust policy does not let "
                                     "streams.metrics.cloudwatch.amazonaws.com assume it.");
  }
  return {};
}

std::string stream_arn(const room::Context& context, const std::string& name) {
  return context.arn("cloudwatch", "metric-stream/" + name).text();
}

const char* state_of(const MetricStreamRecord& record) {
  return record.running ? "running" : "stopped";
}

}  // namespace

Outcome<shape::PutMetricStreamOutput> CloudWatch::put_metric_stream(Context& context,
                                                                    const StreamInput& request) {
  if (auto ok = check_stream_names(request); !ok) return std::unexpected(ok.error());
  if (auto ok = check_stream_statistics(request); !ok) return std::unexpected(ok.error());
  if (auto ok = check_stream_targets(request, context, streams_.target); !ok)
    return std::unexpected(ok.error());
  if (auto ok = check_tags(request.Tags); !ok) return invalid_value(ok.error().message);
  const auto key = context.key(request.Name);
  MetricStreamRecord record;
  if (const auto* before = streams_.table.find(key)) {
    record = *before;  // its tags and state stay (API_PutMetricStream)
  } else {
    record.created = context.now;
    record.sent_until = std::chrono::floor<std::chrono::minutes>(context.now);
    for (const auto& tag : request.Tags) record.tags[tag.Key] = tag.Value;
    const auto there = std::ranges::distance(streams_.table.with_prefix(context.key("")));
    if (there >= kMaxMetricStreams)
      return model::fail("LimitExceeded", fmt::format("There are {} metric streams.", there));
  }
  record.changed = context.now;
  record.input = request;
  record.input.Tags = {};
  streams_.table.put(key, std::move(record));
  streams_.changed();
  shape::PutMetricStreamOutput reply;
  reply.Arn = stream_arn(context, request.Name);
  return reply;
}

Outcome<shape::GetMetricStreamOutput> CloudWatch::get_metric_stream(
    Context& context, const shape::GetMetricStreamInput& request) {
  const auto* record = streams_.table.find(context.key(request.Name));
  if (record == nullptr) {
    return model::fail("ResourceNotFoundException",
                       "Metric stream " + request.Name + " does not exist.", 404);
  }
  const auto& in = record->input;
  shape::GetMetricStreamOutput reply;
  reply.Arn = stream_arn(context, request.Name);
  reply.Name = in.Name;
  reply.IncludeFilters = in.IncludeFilters;
  reply.ExcludeFilters = in.ExcludeFilters;
  reply.FirehoseArn = in.FirehoseArn;
  reply.RoleArn = in.RoleArn;
  reply.State = state_of(*record);
  reply.CreationDate = record->created;
  reply.LastUpdateDate = record->changed;
  reply.OutputFormat = in.OutputFormat;
  reply.StatisticsConfigurations = in.StatisticsConfigurations;
  reply.IncludeLinkedAccountsMetrics = false;
  return reply;
}

Outcome<shape::ListMetricStreamsOutput> CloudWatch::list_metric_streams(
    Context& context, const shape::ListMetricStreamsInput& request) {
  std::string after;
  if (request.NextToken) {
    const auto key = room::page_token_key(*request.NextToken);
    if (!key) return invalid_next_token();
    after = *key;
  }
  const auto size = static_cast<std::size_t>(request.MaxResults.value_or(kStreamsPage));
  shape::ListMetricStreamsOutput reply;
  reply.Entries.given = true;
  for (const auto& [key, record] : streams_.table.with_prefix(context.key(""))) {
    if (record.input.Name <= after) continue;
    if (reply.Entries.size() == size) {
      reply.NextToken = room::page_token(*reply.Entries.back().Name);
      break;
    }
    shape::MetricStreamEntry entry;
    entry.Arn = stream_arn(context, record.input.Name);
    entry.CreationDate = record.created;
    entry.LastUpdateDate = record.changed;
    entry.Name = record.input.Name;
    entry.FirehoseArn = record.input.FirehoseArn;
    entry.State = state_of(record);
    entry.OutputFormat = record.input.OutputFormat;
    reply.Entries.push_back(std::move(entry));
  }
  return reply;
}

// All of them, or none. What comes while a stream is stopped it never sends.
Outcome<void> CloudWatch::switch_streams(const Context& context,
                                         const std::vector<std::string>& given, bool running) {
  for (const auto& name : given)
    if (streams_.table.find(context.key(name)) == nullptr)
      return invalid_of("Names", "metric stream " + name + " does not exist.");
  for (const auto& name : given) {
    streams_.table.update(context.key(name), [&](MetricStreamRecord& record) {
      if (running && !record.running)
        record.sent_until = std::chrono::floor<std::chrono::minutes>(context.now);
      record.running = running;
    });
  }
  streams_.changed();
  return {};
}

Outcome<shape::StartMetricStreamsOutput> CloudWatch::start_metric_streams(
    Context& context, const shape::StartMetricStreamsInput& request) {
  if (auto done = switch_streams(context, request.Names, true); !done)
    return std::unexpected(done.error());
  return shape::StartMetricStreamsOutput{};
}

Outcome<shape::StopMetricStreamsOutput> CloudWatch::stop_metric_streams(
    Context& context, const shape::StopMetricStreamsInput& request) {
  if (auto done = switch_streams(context, request.Names, false); !done)
    return std::unexpected(done.error());
  return shape::StopMetricStreamsOutput{};
}

Outcome<shape::DeleteMetricStreamOutput> CloudWatch::delete_metric_stream(
    Context& context, const shape::DeleteMetricStreamInput& request) {
  streams_.table.erase(context.key(request.Name));
  streams_.changed();
  return shape::DeleteMetricStreamOutput{};
}

}  // namespace seatrial::services::cloudwatch

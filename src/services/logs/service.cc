#include "services/logs/service.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "room/page_token.h"
#include "services/logs/errors.h"

namespace seatrial::services::logs {
namespace {

constexpr std::chrono::hours kRetentionTick{1};
constexpr std::size_t kMaxNameLength = 512;
constexpr std::size_t kMaxLineBytes = (1u << 20) - 26;  // as PutLogEvents takes one event

bool is_group_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("._-/#").find(c) != std::string_view::npos;
}

// Never in the middle of a UTF-8 character, if the line is UTF-8 at all.
std::size_t cut(std::string_view text) {
  if (text.size() <= kMaxLineBytes) return text.size();
  std::size_t end = kMaxLineBytes;
  for (int back = 0; back < 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++back)
    --end;
  return end;
}

// As the awslogs driver does: a line over the limit becomes several events, an empty one none.
std::vector<seatrial::logs::NewEvent> events_of(std::vector<LogLine> lines) {
  std::vector<seatrial::logs::NewEvent> events;
  events.reserve(lines.size());
  for (auto& line : lines) {
    if (line.message.size() <= kMaxLineBytes) {
      if (!line.message.empty()) events.push_back({line.at, std::move(line.message)});
      continue;
    }
    for (std::string_view rest = line.message; !rest.empty();) {
      const std::size_t size = cut(rest);
      events.push_back({line.at, std::string(rest.substr(0, size))});
      rest.remove_prefix(size);
    }
  }
  return events;
}

}  // namespace

Logs::Logs(room::Env& env, seatrial::logs::Engine& engine, cloudwatch::MetricWriter* metrics)
    : Room(env, "logs"),
      engine_(engine),
      groups_(env.store, "logs.group"),
      streams_(env.store, "logs.stream"),
      definitions_(env.store, "logs.query_definition"),
      lookup_tables_(env.store, "logs.lookup_table"),
      deliveries_(env.store),
      queries_(env, engine,
               [this](const std::string& region, const std::string& name) {
                 return lookup_source(region, name);
               }),
      searches_(engine),
      filters_(env, metrics),
      subscriptions_(env, engine, metrics),
      exports_(env, engine, groups_, streams_),
      tails_(env, engine) {
  serve<aws::logs::CreateLogGroupOp>(&Logs::create_group);
  serve<aws::logs::DeleteLogGroupOp>(&Logs::delete_group);
  serve<aws::logs::DescribeLogGroupsOp>(&Logs::describe_groups);
  serve<aws::logs::PutRetentionPolicyOp>(&Logs::put_retention);
  serve<aws::logs::DeleteRetentionPolicyOp>(&Logs::delete_retention);
  serve<aws::logs::TagResourceOp>(&Logs::tag);
  serve<aws::logs::UntagResourceOp>(&Logs::untag);
  serve<aws::logs::ListTagsForResourceOp>(&Logs::list_tags);
  serve<aws::logs::ListLogGroupsOp>(&Logs::list_groups);
  serve<aws::logs::TagLogGroupOp>(&Logs::tag_group);
  serve<aws::logs::UntagLogGroupOp>(&Logs::untag_group);
  serve<aws::logs::ListTagsLogGroupOp>(&Logs::list_group_tags);
  serve<aws::logs::CreateLogStreamOp>(&Logs::create_stream);
  serve<aws::logs::DeleteLogStreamOp>(&Logs::delete_stream);
  serve<aws::logs::DescribeLogStreamsOp>(&Logs::describe_streams);
  serve<aws::logs::PutLogEventsOp>(&Logs::put_events);
  serve_direct<aws::logs::PutLogEventsOp>(
      {.read = [this](const Direct::Bytes& bytes) { return read_put(bytes); }});
  serve<aws::logs::GetLogEventsOp>(&Logs::get_events);
  serve<aws::logs::FilterLogEventsOp>(&Logs::filter_events);
  serve<aws::logs::PutMetricFilterOp>(&Logs::put_metric_filter);
  serve<aws::logs::DescribeMetricFiltersOp>(&Logs::describe_metric_filters);
  serve<aws::logs::DeleteMetricFilterOp>(&Logs::delete_metric_filter);
  serve<aws::logs::TestMetricFilterOp>(&Logs::test_metric_filter);
  serve<aws::logs::PutSubscriptionFilterOp>(&Logs::put_subscription_filter);
  serve<aws::logs::DescribeSubscriptionFiltersOp>(&Logs::describe_subscription_filters);
  serve<aws::logs::DeleteSubscriptionFilterOp>(&Logs::delete_subscription_filter);
  serve<aws::logs::CreateExportTaskOp>(&Logs::create_export);
  serve<aws::logs::DescribeExportTasksOp>(&Logs::describe_exports);
  serve<aws::logs::CancelExportTaskOp>(&Logs::cancel_export);
  serve<aws::logs::StartLiveTailOp>(&Logs::start_live_tail);
  serve_deliveries();
  serve<aws::logs::StartQueryOp>(&Logs::start_query);
  serve<aws::logs::GetQueryResultsOp>(&Logs::query_results);
  serve<aws::logs::StopQueryOp>(&Logs::stop_query);
  serve<aws::logs::DescribeQueriesOp>(&Logs::describe_queries);
  serve<aws::logs::ListLogGroupsForQueryOp>(&Logs::groups_for_query);
  serve<aws::logs::CreateLookupTableOp>(&Logs::create_lookup_table);
  serve<aws::logs::UpdateLookupTableOp>(&Logs::update_lookup_table);
  serve<aws::logs::DeleteLookupTableOp>(&Logs::delete_lookup_table);
  serve<aws::logs::GetLookupTableOp>(&Logs::get_lookup_table);
  serve<aws::logs::DescribeLookupTablesOp>(&Logs::describe_lookup_tables);
  serve<aws::logs::GetLogRecordOp>(&Logs::log_record);
  serve<aws::logs::GetLogGroupFieldsOp>(&Logs::group_fields);
  serve<aws::logs::PutQueryDefinitionOp>(&Logs::put_definition);
  serve<aws::logs::DescribeQueryDefinitionsOp>(&Logs::describe_definitions);
  serve<aws::logs::DeleteQueryDefinitionOp>(&Logs::delete_definition);
}

void Logs::start() {
  queries_.start();
  filters_.start();
  subscriptions_.start();
  exports_.start();
  enforce_retention();
}

void Logs::enforce_retention() {
  if (stopped_) return;
  for (const auto& [key, group] : groups_) {
    if (!group.retention_days) continue;
    engine_.drop_before(key, env_.clock.now() - std::chrono::days{*group.retention_days});
  }
  queries_.forget_old();
  env_.store.commit(nullptr);
  env_.control.post_after(kRetentionTick, [this] { enforce_retention(); });
}

room::Outcome<void> Logs::ensure_stream(const std::string& region, const std::string& group,
                                        const std::string& stream, bool create_group) {
  if (auto ok = check_group_name(group); !ok) return ok;
  if (auto ok = check_stream_name(stream); !ok) return ok;
  const std::string key = group_key(region, group);
  if (!groups_.contains(key) && !create_group) return group_not_found();
  if (streams_.contains(stream_key(key, stream))) return {};
  const Time now = env_.clock.now();
  transact([&] {
    if (!groups_.contains(key)) groups_.put(key, {group, now, std::nullopt, {}});
    streams_.put(stream_key(key, stream), {stream, now});
  });
  return {};
}

void Logs::ensure_group(const std::string& region, const std::string& group, int days) {
  const std::string key = group_key(region, group);
  if (groups_.contains(key) || !check_group_name(group)) return;
  transact([&] { groups_.put(key, {group, env_.clock.now(), days, {}}); });
}

void Logs::append(const std::string& region, const std::string& group, const std::string& stream,
                  std::vector<LogLine> lines, std::function<void()> durable) {
  const std::string key = group_key(region, group);
  if (groups_.contains(key)) {
    const std::string at = stream_key(key, stream);
    if (!streams_.contains(at)) streams_.put(at, {stream, env_.clock.now()});
    auto events = events_of(std::move(lines));
    filters_.see(key, events.size(), [&](std::size_t i) {
      return MetricFilters::Seen{events[i].timestamp, events[i].message};
    });
    engine_.append(key, stream, std::move(events), env_.clock.now());
    subscriptions_.see(key);
  } else {
    log::warning("{} lines for the deleted log group {} were dropped", lines.size(), group);
  }
  env_.store.commit([durable = std::move(durable)](const std::string& error) {
    if (error.empty() && durable) durable();
  });
}

room::Outcome<void> check_group_name(const std::string& name) {
  if (name.empty() || name.size() > kMaxNameLength) {
    return invalid_value(name, "logGroupName", "have length between 1 and 512");
  }
  if (!std::all_of(name.begin(), name.end(), is_group_character)) {
    return invalid_value(name, "logGroupName",
                         "satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+");
  }
  if (name.starts_with("aws/")) {
    return invalid_parameter("Log group names starting with 'aws/' are reserved for AWS.");
  }
  return {};
}

room::Outcome<void> check_stream_name(const std::string& name) {
  if (name.empty() || name.size() > kMaxNameLength) {
    return invalid_value(name, "logStreamName", "have length between 1 and 512");
  }
  if (name.find_first_of(":*") != std::string::npos) {
    return invalid_value(name, "logStreamName", "satisfy regular expression pattern: [^:*]*");
  }
  return {};
}

room::Outcome<std::string> page_start(const std::optional<std::string>& next_token) {
  if (!next_token) return std::string();
  auto key = room::page_token_key(*next_token);
  if (!key) return invalid_parameter("The specified nextToken is invalid.");
  return *std::move(key);
}

room::Outcome<int> check_limit(std::optional<int> given, int preset, int most) {
  const int limit = given.value_or(preset);
  if (limit < 1) {
    return invalid_value(std::to_string(limit), "limit", "have value greater than or equal to 1");
  }
  if (limit > most) {
    return invalid_value(std::to_string(limit), "limit",
                         "have value less than or equal to " + std::to_string(most));
  }
  return limit;
}

std::string group_arn(const room::Context& context, const std::string& group) {
  return context.arn("logs", "log-group:" + group).text();
}

bool is_allowed_retention(int days) {
  static constexpr std::array kDays{1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
  return std::binary_search(kDays.begin(), kDays.end(), days);
}

room::Outcome<std::string> Logs::find_group(const Context& context,
                                            const std::optional<std::string>& name,
                                            const std::optional<std::string>& identifier) const {
  if (name.has_value() == identifier.has_value()) {
    return invalid_parameter(
        "Exactly one of the parameters logGroupName and logGroupIdentifier must be specified.");
  }
  if (name) {
    const std::string key = context.key(*name);
    if (!groups_.contains(key)) return group_not_found();
    return key;
  }
  if (identifier->starts_with("arn:")) return tagged_group(context, *identifier);
  const std::string key = context.key(*identifier);
  if (!groups_.contains(key)) return group_not_found();
  return key;
}

// guess: the ":*" that DescribeLogGroups shows behind an ARN is taken wherever an ARN is.
room::Outcome<std::string> Logs::tagged_group(const Context& context,
                                              const std::string& text) const {
  const auto arn = parse_arn(text);
  constexpr std::string_view kKind = "log-group:";
  if (!arn || arn->service != "logs") {
    return invalid_parameter("The ARN " + text + " is not that of a CloudWatch Logs resource.");
  }
  if (!arn->resource.starts_with(kKind)) return not_served("resources other than log groups");
  std::string name = arn->resource.substr(kKind.size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  const std::string key = context.key(name);
  if (arn->region != context.region || arn->account != context.account || !groups_.contains(key)) {
    return group_not_found();
  }
  return key;
}

}  // namespace seatrial::services::logs

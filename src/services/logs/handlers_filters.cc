// PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter, TestMetricFilter. Sources: their
// pages in the API reference. guess: the wording of most refusals.
#include <algorithm>

#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

using seatrial::logs::pattern::Kind;
using seatrial::logs::pattern::Pattern;

constexpr int kMaxPage = 50;
constexpr std::string_view kRegexSign = "%";

auto no_such_filter() {
  return model::fail("ResourceNotFoundException", "The specified metric filter does not exist.");
}

room::Outcome<Pattern> parse_filter_pattern(const std::string& text) {
  auto pattern = Pattern::parse(text);
  if (!pattern) return invalid_parameter("Invalid filter pattern: " + pattern.error().message);
  return std::move(*pattern);
}

// A field that events of the pattern's kind can have.
room::Outcome<void> check_field(const std::string& field, Kind kind, std::string_view what) {
  const bool json = field.starts_with("$.") && kind == Kind::kJson;
  const bool positional = field.starts_with('$') && !field.starts_with("$.") && field.size() > 1 &&
                          kind == Kind::kDelimited;
  if (json || positional) return {};
  return invalid_parameter(fmt::format(
      "Invalid metric transformation: {} '{}' is no field of the filter pattern.", what, field));
}

room::Outcome<void> check_value(const aws::logs::MetricTransformation& to, Kind kind) {
  if (to.metricValue.starts_with('$')) return check_field(to.metricValue, kind, "metricValue");
  if (filter_value(to.metricValue, {}, "")) return {};
  return invalid_parameter("Invalid metric transformation: metricValue '" + to.metricValue +
                           "' is neither a number nor a field.");
}

room::Outcome<void> check_transformation(const aws::logs::MetricTransformation& to, Kind kind) {
  if (to.metricName.empty() || to.metricNamespace.empty())
    return invalid_parameter("Invalid metric transformation: a metric needs a name and namespace.");
  if (to.metricNamespace.starts_with("AWS/"))
    return invalid_parameter(
        "Invalid metric transformation: the namespace must not begin with AWS/.");
  if (auto ok = check_value(to, kind); !ok) return ok;
  if (to.dimensions.empty()) return {};
  if (to.defaultValue)
    return invalid_parameter(
        "Invalid metric transformation: dimensions and default value are mutually exclusive "
        "properties.");
  if (to.dimensions.size() > kMaxDimensionsOfFilter)
    return invalid_parameter("Invalid metric transformation: at most 3 dimensions are allowed.");
  for (const auto& [name, field] : to.dimensions)
    if (auto ok = check_field(field, kind, "dimension"); !ok) return ok;
  return {};
}

room::Outcome<void> check_features(const aws::logs::PutMetricFilterRequest& request) {
  if (request.applyOnTransformedLogs.value_or(false)) return not_served("applyOnTransformedLogs");
  if (request.fieldSelectionCriteria && !request.fieldSelectionCriteria->empty())
    return not_served("fieldSelectionCriteria");
  if (!request.emitSystemFieldDimensions.empty()) return not_served("emitSystemFieldDimensions");
  return {};
}

bool is_wanted(const aws::logs::MetricFilter& filter,
               const aws::logs::DescribeMetricFiltersRequest& request) {
  const auto& to = filter.metricTransformations.front();
  return filter.filterName->starts_with(request.filterNamePrefix.value_or("")) &&
         (!request.metricName || to.metricName == *request.metricName) &&
         (!request.metricNamespace || to.metricNamespace == *request.metricNamespace);
}

}  // namespace

// Metric and subscription filters together, as AWS limits them.
std::size_t Logs::regex_filters(const std::string& group, const std::string& except) const {
  std::size_t count = 0;
  for (const auto& [key, record] : filters_.table().with_prefix(group + ":"))
    count += key != except && record.filter.filterPattern->contains(kRegexSign);
  for (const auto& [key, record] : subscriptions_.table().with_prefix(group + ":"))
    count += key != except && record.filter.filterPattern->contains(kRegexSign);
  return count;
}

Logs::Outcome<void> Logs::check_filter_limits(const std::string& group, const std::string& key,
                                              const std::string& pattern) const {
  std::size_t filters = 0;
  for (const auto& [other, record] : filters_.table().with_prefix(group + ":"))
    filters += other != key;
  const std::size_t regexes = pattern.contains(kRegexSign) ? regex_filters(group, key) + 1 : 0;
  if (filters >= kMaxFiltersOfGroup || regexes > kMaxRegexFilters)
    return model::fail("LimitExceededException", "Resource limit exceeded.");
  return {};
}

Logs::Done Logs::put_metric_filter(Context& context,
                                   const aws::logs::PutMetricFilterRequest& request) {
  if (auto ok = check_features(request); !ok) return std::unexpected(ok.error());
  const auto group = find_group(context, request.logGroupName, std::nullopt);
  if (!group) return std::unexpected(group.error());
  const auto pattern = parse_filter_pattern(request.filterPattern);
  if (!pattern) return std::unexpected(pattern.error());
  if (request.metricTransformations.size() != 1)
    return invalid_parameter("A metric filter has exactly one metric transformation.");
  const auto& to = request.metricTransformations.front();
  if (auto ok = check_transformation(to, pattern->kind()); !ok) return std::unexpected(ok.error());
  const auto key = *group + ":" + request.filterName;
  if (auto ok = check_filter_limits(*group, key, request.filterPattern); !ok)
    return std::unexpected(ok.error());
  const auto* known = filters_.table().find(key);
  MetricFilterRecord record;
  record.filter.filterName = request.filterName;
  record.filter.filterPattern = request.filterPattern;
  record.filter.metricTransformations = request.metricTransformations;
  record.filter.creationTime =
      known == nullptr ? to_ms(context.now) : known->filter.creationTime.value_or(0);
  record.filter.logGroupName = request.logGroupName;
  filters_.put(key, std::move(record));
  return {};
}

Logs::Done Logs::delete_metric_filter(Context& context,
                                      const aws::logs::DeleteMetricFilterRequest& request) {
  const auto group = find_group(context, request.logGroupName, std::nullopt);
  if (!group) return std::unexpected(group.error());
  const auto key = *group + ":" + request.filterName;
  if (filters_.table().find(key) == nullptr) return no_such_filter();
  filters_.erase(key);
  return {};
}

Logs::Outcome<aws::logs::DescribeMetricFiltersResponse> Logs::describe_metric_filters(
    Context& context, const aws::logs::DescribeMetricFiltersRequest& request) {
  if (request.metricName.has_value() != request.metricNamespace.has_value())
    return invalid_parameter("metricName and metricNamespace must be given together.");
  std::string prefix = context.region + "/", after;
  if (request.logGroupName) {
    const auto group = find_group(context, request.logGroupName, std::nullopt);
    if (!group) return std::unexpected(group.error());
    prefix = *group + ":";
  }
  if (request.nextToken) {
    const auto key = room::page_token_key(*request.nextToken);
    if (!key) return invalid_parameter("The specified nextToken is invalid.");
    after = *key;
  }
  const auto limit = static_cast<std::size_t>(request.limit.value_or(kMaxPage));
  aws::logs::DescribeMetricFiltersResponse reply;
  reply.metricFilters.given = true;
  std::string last;
  for (const auto& [key, record] : filters_.table().with_prefix(prefix)) {
    if (key <= after || !is_wanted(record.filter, request)) continue;
    if (reply.metricFilters.size() == limit) {
      reply.nextToken = room::page_token(last);
      break;
    }
    reply.metricFilters.push_back(record.filter);
    last = key;
  }
  return reply;
}

Logs::Outcome<aws::logs::TestMetricFilterResponse> Logs::test_metric_filter(
    Context&, const aws::logs::TestMetricFilterRequest& request) {
  const auto pattern = parse_filter_pattern(request.filterPattern);
  if (!pattern) return std::unexpected(pattern.error());
  aws::logs::TestMetricFilterResponse reply;
  reply.matches.given = true;
  std::int64_t number = 0;
  for (const auto& message : request.logEventMessages) {
    ++number;
    const auto captures = pattern->captures(message);
    if (!captures) continue;
    aws::logs::MetricFilterMatchRecord match;
    match.eventNumber = number;
    match.eventMessage = message;
    match.extractedValues.given = true;
    for (const auto& [name, value] : *captures) match.extractedValues[name] = value;
    reply.matches.push_back(std::move(match));
  }
  return reply;
}

}  // namespace seatrial::services::logs

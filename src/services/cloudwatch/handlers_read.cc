// GetMetricStatistics and ListMetrics. Sources: API_GetMetricStatistics (periods, the 1,440 points,
// how a start time is floored by its age), API_ListMetrics.
#include <charconv>
#include <set>

#include "base/encoding.h"
#include "metrics/data_query.h"
#include "metrics/statistic.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/periods.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using aws::cloudwatch::GetMetricStatisticsInput;
using room::Outcome;

constexpr std::int64_t kMaxStatisticsPoints = 1440;
constexpr std::size_t kListPage = 500;
constexpr std::chrono::hours kListed{14 * 24}, kRecentlyActive{3};

Outcome<void> check_reading(const GetMetricStatisticsInput& request) {
  if (auto period = check_period(request.Period); !period) return period;
  if (request.StartTime >= request.EndTime) {
    return invalid_value("The parameter StartTime must be less than the parameter EndTime.");
  }
  if (!request.Statistics.empty() && !request.ExtendedStatistics.empty()) {
    return invalid_combination(
        "The parameters Statistics and ExtendedStatistics are mutually exclusive.");
  }
  for (const auto& name : request.ExtendedStatistics) {
    const auto statistic = metrics::Statistic::parse(name);
    if (!statistic || statistic->is_simple()) {
      return invalid_value("The value " + name + " for parameter ExtendedStatistics is invalid.");
    }
  }
  if (request.Statistics.empty() && request.ExtendedStatistics.empty()) {
    return missing_parameter(
        "At least one of the parameters Statistics or ExtendedStatistics must be specified.");
  }
  const auto span =
      std::chrono::ceil<std::chrono::seconds>(request.EndTime - request.StartTime).count();
  const std::int64_t points = (span + request.Period - 1) / request.Period;
  if (points > kMaxStatisticsPoints) {
    return invalid_combination(
        fmt::format("You have requested up to {} datapoints, which exceeds the limit of 1,440. You "
                    "may reduce the "
                    "datapoints requested by increasing Period, or decreasing the time range.",
                    points));
  }
  return {};
}

// Nothing when the period has none of the statistics (percentiles beside negative values).
std::optional<aws::cloudwatch::Datapoint> datapoint(const metrics::Aggregate& aggregate,
                                                    const GetMetricStatisticsInput& request) {
  aws::cloudwatch::Datapoint point;
  point.Timestamp = aggregate.start;
  point.Unit = aggregate.unit;
  for (const auto& name : request.Statistics) {
    if (name == "SampleCount") point.SampleCount = aggregate.count;
    if (name == "Average") point.Average = aggregate.sum / aggregate.count;
    if (name == "Sum") point.Sum = aggregate.sum;
    if (name == "Minimum") point.Minimum = aggregate.min;
    if (name == "Maximum") point.Maximum = aggregate.max;
  }
  for (const auto& name : request.ExtendedStatistics) {
    const auto value = metrics::Statistic::parse(name)->of(aggregate);
    if (value) point.ExtendedStatistics[name] = *value;
  }
  if (request.Statistics.empty() && point.ExtendedStatistics.empty()) return std::nullopt;
  return point;
}

// A page's token is the position of its successor, as text.
Outcome<std::size_t> position_of(const std::optional<std::string>& token, std::size_t size) {
  if (!token) return 0;
  const auto text = base64_decode(*token).value_or("");
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || position > size) {
    return invalid_value("The value " + *token + " for parameter NextToken is invalid.");
  }
  return position;
}

}  // namespace

Time floor_start(Time start, Time now, int period_s) {
  using std::chrono::floor;
  using std::chrono::hours;
  const auto floor_to = [&](std::int64_t seconds) {
    const auto at = floor<std::chrono::seconds>(start).time_since_epoch().count();
    return from_ms((at - at % seconds) * 1000);
  };
  if (start < now - hours{63 * 24}) return floor_to(3600);
  if (start < now - hours{15 * 24}) return floor_to(300);
  return floor_to(std::min(60, std::max(1, period_s)));
}

Outcome<void> check_period(int period_s) {
  if (metrics::is_period(period_s)) return {};
  return invalid_value("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
}

Outcome<aws::cloudwatch::GetMetricStatisticsOutput> CloudWatch::get_metric_statistics(
    room::Context& context, const GetMetricStatisticsInput& request) {
  if (auto ok = check_reading(request); !ok) return std::unexpected(ok.error());
  metrics::SeriesId series{
      context.region, request.Namespace, request.MetricName, {}, request.Unit.value_or("")};
  for (const auto& d : request.Dimensions) series.dimensions.push_back({d.Name, d.Value});
  const Time start = floor_start(request.StartTime, context.now, request.Period);
  aws::cloudwatch::GetMetricStatisticsOutput reply;
  reply.Label = request.MetricName;
  reply.Datapoints.given = true;
  for (const auto& aggregate : engine_.read(series, start, request.EndTime, request.Period,
                                            !request.ExtendedStatistics.empty())) {
    if (auto point = datapoint(aggregate, request)) reply.Datapoints.push_back(std::move(*point));
  }
  return reply;
}

Outcome<aws::cloudwatch::ListMetricsOutput> CloudWatch::list_metrics(
    room::Context& context, const aws::cloudwatch::ListMetricsInput& request) {
  if (request.IncludeLinkedAccounts.value_or(false) || request.OwningAccount) {
    return invalid_value("Seatrial does not serve linked accounts yet.");
  }
  metrics::ListQuery query{
      context.region,
      request.Namespace.value_or(""),
      request.MetricName.value_or(""),
      {},
      context.now - (request.RecentlyActive ? Millis{kRecentlyActive} : Millis{kListed})};
  for (const auto& d : request.Dimensions) query.dimensions.emplace_back(d.Name, d.Value);
  const auto all = engine_.list(query);
  const auto from = position_of(request.NextToken, all.size());
  if (!from) return std::unexpected(from.error());
  aws::cloudwatch::ListMetricsOutput reply;
  reply.Metrics.given = true;
  const std::size_t end = std::min(all.size(), *from + kListPage);
  for (std::size_t i = *from; i < end; ++i) {
    aws::cloudwatch::Metric metric;
    metric.Namespace = all[i].name_space;
    metric.MetricName = all[i].name;
    metric.Dimensions.given = true;
    for (const auto& d : all[i].dimensions) metric.Dimensions.push_back({d.name, d.value});
    reply.Metrics.push_back(std::move(metric));
  }
  if (end < all.size()) reply.NextToken = base64_encode(std::to_string(end));
  return reply;
}

}  // namespace seatrial::services::cloudwatch

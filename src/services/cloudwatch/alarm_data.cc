#include "services/cloudwatch/alarm_data.h"

#include "metrics/math/select.h"
#include "metrics/statistic.h"

namespace seatrial::services::cloudwatch {
namespace {

// Where a Metrics Insights query of an alarm begins to look, in whole periods before `end`.
Time select_since(std::span<const metrics::DataQuery> queries, Time end) {
  int period_s = metrics::kExpressionPeriod_s;
  for (const auto& query : queries)
    if (metrics::math::is_select(query.expression) && query.period_s != 0)
      period_s = query.period_s;
  return end - std::chrono::seconds(kAlarmSelectReach_s - kAlarmSelectReach_s % period_s);
}

// Most alarms: one of the five statistics of a metric.
bool is_plain(const metrics::DataQuery& query) {
  if (!query.stat) return false;
  const auto statistic = metrics::Statistic::parse(query.stat->statistic);
  return statistic && statistic->is_simple();
}

metrics::DataResult read(metrics::Engine& engine, const metrics::DataQuery& query, Time start,
                         Time end) {
  const auto& stat = *query.stat;
  const auto periods = engine.read_totals(stat.series, start, end, stat.period_s);
  const auto statistic = metrics::Statistic::parse(stat.statistic);
  metrics::DataResult result{query.id, "", stat.period_s, {}, {}};
  result.points.reserve(periods.size());
  for (const auto& period : periods)
    result.points.push_back({from_ms(period.at * 1000LL), statistic->of(period), period.count});
  return result;
}

}  // namespace

// What run_queries does around a plain statistic (labels, ids, expressions) is most of its price,
// and no alarm looks at it: bench/alarms.
AlarmData::Answer EngineAlarmData::query(const std::string& region,
                                         std::span<const metrics::DataQuery> queries, Time start,
                                         Time end, metrics::RunNotices* cut) {
  if (std::ranges::all_of(queries, is_plain)) {
    std::vector<metrics::DataResult> results;
    results.reserve(queries.size());
    for (const auto& query : queries)
      if (query.return_data) results.push_back(read(engine_, query, start, end));
    return results;
  }
  metrics::RunOptions options;
  options.from_start = true;
  options.account = account_;
  options.select_since = select_since(queries, end);
  options.notices = cut;
  options.quotas = quotas_;
  return metrics::run_queries(engine_, region, queries, start, end, options);
}

std::optional<metrics::DataProblem> EngineAlarmData::check(
    std::span<const metrics::DataQuery> queries) const {
  return metrics::check_queries(queries);
}

}  // namespace seatrial::services::cloudwatch

#include "services/cloudwatch/alarm_data.h"

#include <set>

namespace seatrial::services::cloudwatch {
namespace {

struct Sums {
  double count = 0, sum = 0, min = 0, max = 0;
  void add(const metrics::Aggregate& a) {
    min = count == 0 ? a.min : std::min(min, a.min);
    max = count == 0 ? a.max : std::max(max, a.max);
    count += a.count;
    sum += a.sum;
  }
};

double value_of(const Sums& sums, const std::string& statistic) {
  if (statistic == "SampleCount") return sums.count;
  if (statistic == "Average") return sums.sum / sums.count;
  if (statistic == "Sum") return sums.sum;
  return statistic == "Minimum" ? sums.min : sums.max;
}

}  // namespace

AlarmData::Answer EngineAlarmData::query(const std::string&,
                                         std::span<const metrics::DataQuery> queries, Time start,
                                         Time end) {
  if (auto problem = check(queries)) return std::unexpected(*problem);
  std::vector<metrics::DataResult> results;
  for (const auto& query : queries) {
    if (!query.return_data) continue;
    metrics::DataResult result{query.id, query.label, query.stat->period_s, {}};
    std::map<std::int64_t, Sums> periods;
    const auto step = 1000LL * query.stat->period_s;
    const int fine = std::min(query.stat->period_s, 60);
    for (const auto& a : engine_.read(query.stat->series, start, end, fine))
      periods[(to_ms(a.start) - to_ms(start)) / step].add(a);
    for (const auto& [index, sums] : periods)
      result.points.push_back({from_ms(to_ms(start) + index * step),
                               value_of(sums, query.stat->statistic), sums.count});
    results.push_back(std::move(result));
  }
  return results;
}

std::optional<metrics::DataProblem> EngineAlarmData::check(
    std::span<const metrics::DataQuery> queries) const {
  static const std::set<std::string> kServed{"SampleCount", "Average", "Sum", "Minimum", "Maximum"};
  for (const auto& query : queries)
    if (!query.stat || !kServed.contains(query.stat->statistic))
      return metrics::DataProblem{query.id,
                                  "Seatrial does not compute this yet: " +
                                      (query.stat ? query.stat->statistic : query.expression)};
  return std::nullopt;
}

}  // namespace seatrial::services::cloudwatch

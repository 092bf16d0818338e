#include "services/cloudwatch/alarm_data.h"

namespace seatrial::services::cloudwatch {

AlarmData::Answer EngineAlarmData::query(const std::string& region,
                                         std::span<const metrics::DataQuery> queries, Time start,
                                         Time end) {
  metrics::RunOptions options;
  options.from_start = true;
  return metrics::run_queries(engine_, region, queries, start, end, options);
}

std::optional<metrics::DataProblem> EngineAlarmData::check(
    std::span<const metrics::DataQuery> queries) const {
  return metrics::check_queries(queries);
}

}  // namespace seatrial::services::cloudwatch

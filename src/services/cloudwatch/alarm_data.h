// Where alarms get their datapoints: the metrics engine, with periods that begin at the window's
// start, as CloudWatch's alarms have them, not on the clock's grid.
#pragma once
#include "metrics/data_query.h"
#include "services/cloudwatch/alarm_wheel.h"

namespace seatrial::services::cloudwatch {

class EngineAlarmData final : public AlarmData {
 public:
  explicit EngineAlarmData(metrics::Engine& engine) : engine_(engine) {}
  Answer query(const std::string& region, std::span<const metrics::DataQuery> queries, Time start,
               Time end) override;
  std::optional<metrics::DataProblem> check(std::span<const metrics::DataQuery> queries) const;

 private:
  metrics::Engine& engine_;
};

}  // namespace seatrial::services::cloudwatch

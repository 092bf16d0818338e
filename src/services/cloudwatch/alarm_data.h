// Where alarms get their datapoints: the metrics engine, with periods that begin at the window's
// start, as CloudWatch's alarms have them, not on the clock's grid.
#pragma once
#include "metrics/data_query.h"
#include "services/cloudwatch/alarm_wheel.h"

namespace seatrial::services::cloudwatch {

class EngineAlarmData final : public AlarmData {
 public:
  EngineAlarmData(metrics::Engine& engine, std::string account,
                  const metrics::Quotas* quotas = nullptr)
      : engine_(engine), account_(std::move(account)), quotas_(quotas) {}
  Answer query(const std::string& region, std::span<const metrics::DataQuery> queries, Time start,
               Time end, metrics::RunNotices* cut) override;
  metrics::Watch watch(const metrics::SeriesId& series, int minutes) override {
    return engine_.watch(series, minutes);
  }
  void unwatch(metrics::Watch watch) override { engine_.unwatch(watch); }
  void read_watched(std::span<const metrics::Watch> watches, Time start, int period_s,
                    std::size_t count, std::vector<metrics::Totals>& periods) override {
    engine_.read_watched(watches, start, period_s, count, periods);
  }
  std::optional<metrics::DataProblem> check(std::span<const metrics::DataQuery> queries) const;

 private:
  metrics::Engine& engine_;
  std::string account_;
  const metrics::Quotas* quotas_;
};

}  // namespace seatrial::services::cloudwatch

// Amazon CloudWatch: metrics put by clients and by the world's own parts, read as statistics.
// Samples live in src/metrics; this room holds the API's rules. Alarms and dashboards come later.
#pragma once
#include "metrics/engine.h"
#include "model/shapes/cloudwatch.h"
#include "room/room.h"
#include "services/cloudwatch/api.h"

namespace seatrial::services::cloudwatch {

class CloudWatch final : public room::Room, public MetricSink {
 public:
  CloudWatch(room::Env& env, metrics::Engine& engine);

  void start() override;  // the retention tick
  void put(const std::string& region, std::vector<Datum> data) override;

 private:
  room::Outcome<model::Empty> put_metric_data(room::Context& context,
                                              const aws::cloudwatch::PutMetricDataInput& request);
  room::Outcome<aws::cloudwatch::GetMetricStatisticsOutput> get_metric_statistics(
      room::Context& context, const aws::cloudwatch::GetMetricStatisticsInput& request);
  room::Outcome<aws::cloudwatch::GetMetricDataOutput> get_metric_data(
      room::Context& context, const aws::cloudwatch::GetMetricDataInput& request);
  room::Outcome<aws::cloudwatch::ListMetricsOutput> list_metrics(
      room::Context& context, const aws::cloudwatch::ListMetricsInput& request);
  void enforce_retention();

  metrics::Engine& engine_;
};

}  // namespace seatrial::services::cloudwatch

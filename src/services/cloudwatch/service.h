// Amazon CloudWatch: metrics put by clients and by the world's own parts, read as statistics.
// Samples live in src/metrics; this room holds the API's rules. Alarms and dashboards come later.
#pragma once
#include "metrics/engine.h"
#include "model/shapes/cloudwatch.h"
#include "room/room.h"
#include "services/cloudwatch/api.h"
#include "services/cloudwatch/dashboard_store.h"
#include "store/table.h"

namespace seatrial::services::cloudwatch {

class CloudWatch final : public room::Room, public MetricSink {
 public:
  CloudWatch(room::Env& env, metrics::Engine& engine);

  void start() override;  // the retention tick
  void put(const std::string& region, std::vector<Datum> data) override;

  // For the operations on tags: those of a dashboard that is there.
  const std::map<std::string, std::string>& dashboard_tags(const std::string& name) const {
    return dashboards_.find(name)->tags;
  }

 private:
  room::Outcome<model::Empty> put_metric_data(room::Context& context,
                                              const aws::cloudwatch::PutMetricDataInput& request);
  room::Outcome<aws::cloudwatch::GetMetricStatisticsOutput> get_metric_statistics(
      room::Context& context, const aws::cloudwatch::GetMetricStatisticsInput& request);
  room::Outcome<aws::cloudwatch::GetMetricDataOutput> get_metric_data(
      room::Context& context, const aws::cloudwatch::GetMetricDataInput& request);
  room::Outcome<aws::cloudwatch::ListMetricsOutput> list_metrics(
      room::Context& context, const aws::cloudwatch::ListMetricsInput& request);
  room::Outcome<aws::cloudwatch::PutDashboardOutput> put_dashboard(
      room::Context& context, const aws::cloudwatch::PutDashboardInput& request);
  room::Outcome<aws::cloudwatch::GetDashboardOutput> get_dashboard(
      room::Context& context, const aws::cloudwatch::GetDashboardInput& request);
  room::Outcome<aws::cloudwatch::ListDashboardsOutput> list_dashboards(
      room::Context& context, const aws::cloudwatch::ListDashboardsInput& request);
  room::Outcome<aws::cloudwatch::DeleteDashboardsOutput> delete_dashboards(
      room::Context& context, const aws::cloudwatch::DeleteDashboardsInput& request);
  room::Outcome<aws::cloudwatch::GetMetricWidgetImageOutput> get_metric_widget_image(
      room::Context& context, const aws::cloudwatch::GetMetricWidgetImageInput& request);
  void enforce_retention();

  metrics::Engine& engine_;
  store::Table<DashboardRecord> dashboards_;
};

}  // namespace seatrial::services::cloudwatch

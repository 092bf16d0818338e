#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

constexpr std::chrono::hours kRetentionTick{1};

}  // namespace

CloudWatch::CloudWatch(room::Env& env, metrics::Engine& engine)
    : Room(env, "cloudwatch"), engine_(engine), dashboards_(env.store, "cloudwatch.dashboard") {
  serve<aws::cloudwatch::PutMetricDataOp>(&CloudWatch::put_metric_data);
  serve<aws::cloudwatch::GetMetricStatisticsOp>(&CloudWatch::get_metric_statistics);
  serve<aws::cloudwatch::GetMetricDataOp>(&CloudWatch::get_metric_data);
  serve<aws::cloudwatch::ListMetricsOp>(&CloudWatch::list_metrics);
  serve<aws::cloudwatch::PutDashboardOp>(&CloudWatch::put_dashboard);
  serve<aws::cloudwatch::GetDashboardOp>(&CloudWatch::get_dashboard);
  serve<aws::cloudwatch::ListDashboardsOp>(&CloudWatch::list_dashboards);
  serve<aws::cloudwatch::DeleteDashboardsOp>(&CloudWatch::delete_dashboards);
  serve<aws::cloudwatch::GetMetricWidgetImageOp>(&CloudWatch::get_metric_widget_image);
}

void CloudWatch::start() { enforce_retention(); }

void CloudWatch::enforce_retention() {
  engine_.tick();
  env_.control.post_after(kRetentionTick, [this] { enforce_retention(); });
}

void CloudWatch::put(const std::string& region, std::vector<Datum> data) {
  for (auto& datum : data) {
    metrics::SeriesId series{
        region, std::move(datum.name_space), std::move(datum.name), {}, datum.unit};
    for (auto& [name, value] : datum.dimensions) series.dimensions.push_back({name, value});
    metrics::Sample sample = metrics::Sample::of(datum.value, datum.at);
    if (datum.count != 1) sample = {datum.count, datum.value, datum.min, datum.max, datum.at, 60};
    engine_.put(series, sample);
  }
  env_.store.commit(nullptr);
}

}  // namespace seatrial::services::cloudwatch

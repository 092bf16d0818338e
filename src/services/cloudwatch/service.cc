#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

constexpr std::chrono::hours kRetentionTick{1};

}  // namespace

CloudWatch::CloudWatch(room::Env& env, metrics::Engine& engine)
    : Room(env, "cloudwatch"),
      engine_(engine),
      dashboards_(env.store, "cloudwatch.dashboard"),
      alarms_(env),
      usage_(env, *this),
      resources_(env, *this),
      alarm_data_(engine, env.account, &resources_),
      alarm_controller_(env, alarms_, alarm_data_),
      streams_(env, engine) {
  serve<aws::cloudwatch::PutMetricDataOp>(&CloudWatch::put_metric_data);
  serve_direct<aws::cloudwatch::PutMetricDataOp>(direct_put());
  serve<aws::cloudwatch::GetMetricStatisticsOp>(&CloudWatch::get_metric_statistics);
  serve<aws::cloudwatch::GetMetricDataOp>(&CloudWatch::get_metric_data);
  serve<aws::cloudwatch::ListMetricsOp>(&CloudWatch::list_metrics);
  serve<aws::cloudwatch::PutDashboardOp>(&CloudWatch::put_dashboard);
  serve<aws::cloudwatch::GetDashboardOp>(&CloudWatch::get_dashboard);
  serve<aws::cloudwatch::ListDashboardsOp>(&CloudWatch::list_dashboards);
  serve<aws::cloudwatch::DeleteDashboardsOp>(&CloudWatch::delete_dashboards);
  serve<aws::cloudwatch::GetMetricWidgetImageOp>(&CloudWatch::get_metric_widget_image);
  serve<shape::PutMetricStreamOp>(&CloudWatch::put_metric_stream);
  serve<shape::GetMetricStreamOp>(&CloudWatch::get_metric_stream);
  serve<shape::ListMetricStreamsOp>(&CloudWatch::list_metric_streams);
  serve<shape::StartMetricStreamsOp>(&CloudWatch::start_metric_streams);
  serve<shape::StopMetricStreamsOp>(&CloudWatch::stop_metric_streams);
  serve<shape::DeleteMetricStreamOp>(&CloudWatch::delete_metric_stream);
  serve_alarms();
}

void CloudWatch::serve_alarms() {
  serve<shape::PutMetricAlarmOp>(&CloudWatch::put_metric_alarm);
  serve<shape::PutCompositeAlarmOp>(&CloudWatch::put_composite_alarm);
  serve<shape::DeleteAlarmsOp>(&CloudWatch::delete_alarms);
  serve<shape::EnableAlarmActionsOp>(&CloudWatch::enable_alarm_actions);
  serve<shape::DisableAlarmActionsOp>(&CloudWatch::disable_alarm_actions);
  serve<shape::SetAlarmStateOp>(&CloudWatch::set_alarm_state);
  serve<shape::DescribeAlarmsOp>(&CloudWatch::describe_alarms);
  serve<shape::DescribeAlarmsForMetricOp>(&CloudWatch::describe_alarms_for_metric);
  serve<shape::DescribeAlarmHistoryOp>(&CloudWatch::describe_alarm_history);
  serve<shape::DescribeAlarmContributorsOp>(&CloudWatch::describe_alarm_contributors);
  serve<shape::PutAnomalyDetectorOp>(&CloudWatch::put_anomaly_detector);
  serve<shape::DescribeAnomalyDetectorsOp>(&CloudWatch::describe_anomaly_detectors);
  serve<shape::DeleteAnomalyDetectorOp>(&CloudWatch::delete_anomaly_detector);
  serve<shape::TagResourceOp>(&CloudWatch::tag_resource);
  serve<shape::UntagResourceOp>(&CloudWatch::untag_resource);
  serve<shape::ListTagsForResourceOp>(&CloudWatch::list_tags_for_resource);
}

void CloudWatch::start() {
  enforce_retention();
  alarm_controller_.start();
  usage_.start();
  resources_.start();
  streams_.start();
}

void CloudWatch::add_alarm_action(const std::string& service, AlarmActionKind& kind) {
  alarm_controller_.kinds[service] = &kind;
}

void CloudWatch::send_alarm_events(AlarmEvents& events) { alarm_controller_.events = &events; }

void CloudWatch::enforce_retention() {
  engine_.tick();
  env_.control.post_after(kRetentionTick, [this] { enforce_retention(); });
}

void CloudWatch::put(const std::string& region, std::vector<Datum> data) {
  add(region, std::move(data));
  env_.store.commit(nullptr);
}

void CloudWatch::add(const std::string& region, std::vector<Datum> data) {
  for (auto& datum : data) {
    metrics::SeriesId series{
        region, std::move(datum.name_space), std::move(datum.name), {}, datum.unit};
    for (auto& [name, value] : datum.dimensions) series.dimensions.push_back({name, value});
    metrics::Sample sample = metrics::Sample::of(datum.value, datum.at);
    if (datum.count != 1) sample = {datum.count, datum.value, datum.min, datum.max, datum.at, 60};
    engine_.put(series, sample);
  }
}

}  // namespace seatrial::services::cloudwatch

// Amazon CloudWatch: metrics put by clients and by the world's own parts, read as statistics.
// Samples live in src/metrics; this room holds the API's rules, and alarms: as they were put
// (alarm_store.h), evaluated and acting (controller_alarms.h).
#pragma once
#include "metrics/engine.h"
#include "model/shapes/cloudwatch.h"
#include "room/room.h"
#include "services/cloudwatch/alarm_data.h"
#include "services/cloudwatch/api.h"
#include "services/cloudwatch/api_usage.h"
#include "services/cloudwatch/controller_alarms.h"
#include "services/cloudwatch/dashboard_store.h"
#include "services/cloudwatch/metric_streams.h"
#include "services/cloudwatch/resource_usage.h"
#include "store/table.h"

namespace seatrial::services::cloudwatch {

class CloudWatch final : public room::Room,
                         public MetricSink,
                         public MetricWriter,
                         public AlarmConnections,
                         public ManagedAlarms {
 public:
  CloudWatch(room::Env& env, metrics::Engine& engine);

  void start() override;  // the retention tick, the alarms'
  void put(const std::string& region, std::vector<Datum> data) override;
  void add(const std::string& region, std::vector<Datum> data) override;
  void add_alarm_action(const std::string& service, AlarmActionKind& kind) override;
  void send_alarm_events(AlarmEvents& events) override;

  // managed_alarms.cc
  room::Outcome<void> put_alarm(room::Context& as, const Value& input) override;
  void delete_alarms(room::Context& as, const std::vector<std::string>& names) override;
  std::vector<std::string> alarms_acting(const std::string& region,
                                         const std::string& action) const override;
  std::optional<AlarmReading> reading(const std::string& region, const std::string& alarm) override;

  // Before rooms start; without it metric streams are refused.
  void stream_metrics_to(MetricStreamTarget& target) { streams_.target = &target; }
  room::CallCounter& call_counter() { return usage_; }
  void add_resources(const ResourceCounter& counter) { resources_.add(counter); }

  // For the operations on tags: those of a dashboard that is there.
  const std::map<std::string, std::string>& dashboard_tags(const std::string& name) const {
    return dashboards_.find(name)->tags;
  }

 private:
  using Context = room::Context;
  template <class T>
  using Reply = room::Outcome<T>;
  using Done = Reply<model::Empty>;

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
  room::Room::Direct direct_put();
  void enforce_retention();

  // ---- alarms
  Done put_metric_alarm(Context&, const shape::PutMetricAlarmInput&);
  Done put_composite_alarm(Context&, const shape::PutCompositeAlarmInput&);
  Done delete_alarms(Context&, const shape::DeleteAlarmsInput&);
  Done enable_alarm_actions(Context&, const shape::EnableAlarmActionsInput&);
  Done disable_alarm_actions(Context&, const shape::DisableAlarmActionsInput&);
  Done set_alarm_state(Context&, const shape::SetAlarmStateInput&);
  Reply<shape::DescribeAlarmsOutput> describe_alarms(Context&, const shape::DescribeAlarmsInput&);
  Reply<shape::DescribeAlarmsForMetricOutput> describe_alarms_for_metric(
      Context&, const shape::DescribeAlarmsForMetricInput&);
  Reply<shape::DescribeAlarmHistoryOutput> describe_alarm_history(
      Context&, const shape::DescribeAlarmHistoryInput&);
  Reply<shape::DescribeAlarmContributorsOutput> describe_alarm_contributors(
      Context&, const shape::DescribeAlarmContributorsInput&);
  Reply<shape::PutAnomalyDetectorOutput> put_anomaly_detector(
      Context&, const shape::PutAnomalyDetectorInput&);
  Reply<shape::DescribeAnomalyDetectorsOutput> describe_anomaly_detectors(
      Context&, const shape::DescribeAnomalyDetectorsInput&);
  Reply<shape::DeleteAnomalyDetectorOutput> delete_anomaly_detector(
      Context&, const shape::DeleteAnomalyDetectorInput&);
  Reply<shape::PutMetricStreamOutput> put_metric_stream(Context&,
                                                        const shape::PutMetricStreamInput&);
  Reply<shape::GetMetricStreamOutput> get_metric_stream(Context&,
                                                        const shape::GetMetricStreamInput&);
  Reply<shape::ListMetricStreamsOutput> list_metric_streams(Context&,
                                                            const shape::ListMetricStreamsInput&);
  Reply<shape::StartMetricStreamsOutput> start_metric_streams(
      Context&, const shape::StartMetricStreamsInput&);
  Reply<shape::StopMetricStreamsOutput> stop_metric_streams(Context&,
                                                            const shape::StopMetricStreamsInput&);
  Reply<shape::DeleteMetricStreamOutput> delete_metric_stream(
      Context&, const shape::DeleteMetricStreamInput&);
  Reply<void> switch_streams(const Context&, const std::vector<std::string>& names, bool running);
  Reply<shape::TagResourceOutput> tag_resource(Context&, const shape::TagResourceInput&);
  Reply<shape::UntagResourceOutput> untag_resource(Context&, const shape::UntagResourceInput&);
  Reply<shape::ListTagsForResourceOutput> list_tags_for_resource(
      Context&, const shape::ListTagsForResourceInput&);
  using TagMap = std::map<std::string, std::string>;
  Reply<TagMap> change_tags(const Context&, const std::string& arn,
                            const std::function<void(TagMap&)>& change);
  void serve_alarms();
  void put_alarm(Context&, AlarmRecord record, const std::vector<shape::Tag>& tags);
  static void keep_suppression(const AlarmRecord& before, AlarmRecord& record);
  void note_configuration(Context&, Change change, const AlarmRecord& record,
                          const AlarmRecord* before);
  void switch_actions(Context&, const std::vector<std::string>& names, bool enabled);
  Reply<void> check_new_alarm(const Context&, const std::string& name, bool is_composite) const;
  Reply<void> check_quotas(const AlarmPlan& plan);
  Reply<void> check_insights_quota(const Context&, const shape::PutMetricAlarmInput& request) const;
  Reply<void> check_children(const Context&, const shape::PutCompositeAlarmInput& request,
                             const decide::AlarmExpression& rule) const;
  using Family = std::map<std::string, std::set<std::string>>;  // parents, by child
  Family family_of(const std::string& region, bool with_suppressors) const;
  void keep_band(const Context&, const shape::PutMetricAlarmInput& request);
  Reply<shape::DescribeAlarmsOutput> describe_relatives(const Context&,
                                                        const shape::DescribeAlarmsInput&);
  void keep_detector(const Context&, const shape::SingleMetricAnomalyDetector& single);
  std::string detector_state(const Context&, const shape::SingleMetricAnomalyDetector& single);
  static metrics::DataQuery detector_query(const std::string& region,
                                           const shape::SingleMetricAnomalyDetector& single);

  metrics::Engine& engine_;
  store::Table<DashboardRecord> dashboards_;
  AlarmTables alarms_;
  ApiUsage usage_;
  ResourceUsage resources_;
  EngineAlarmData alarm_data_;
  AlarmController alarm_controller_;
  MetricStreams streams_;
};

}  // namespace seatrial::services::cloudwatch

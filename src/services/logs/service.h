// Amazon CloudWatch Logs: groups, streams and their events, put by clients and by what runs in the
// world. Events live in src/logs; this room holds the API's rules.
#pragma once
#include "logs/engine.h"
#include "logs/put_body.h"
#include "model/shapes/logs.h"
#include "room/room.h"
#include "services/logs/api.h"
#include "services/logs/deliveries.h"
#include "services/logs/exports.h"
#include "services/logs/live_tail.h"
#include "services/logs/lookup_records.h"
#include "services/logs/metric_filters.h"
#include "services/logs/queries.h"
#include "services/logs/searches.h"
#include "services/logs/store.h"
#include "services/logs/subscriptions.h"

namespace seatrial::services::logs {

class Logs final : public room::Room, public LogSink, public LogGroups, public VendedLogs {
 public:
  // `metrics`, where there are any: of metric filters and AWS/Logs.
  Logs(room::Env& env, seatrial::logs::Engine& engine, cloudwatch::MetricWriter* metrics = nullptr);

  // Where subscription filters deliver to and exports go. Before start(); both outlive the room.
  void deliver_to(firehose::DeliveryStreams& streams, s3::ObjectSink& objects) {
    subscriptions_.deliver_to(streams);
    exports_.deliver_to(objects);
    objects_ = &objects;
  }

  void invoke(lambda::Functions& functions) { subscriptions_.invoke(functions); }

  // Whose resources may be delivery sources.
  void vend_from(LogVendor& balancers) { vendor_ = &balancers; }
  std::vector<VendedDelivery> deliveries_of(const std::string& resource) const override;

  void start() override;  // the retention tick, the queries' threads
  void stop() override {
    stopped_ = true;
    subscriptions_.stop();
    exports_.stop();
    tails_.stop();
    queries_.stop();
    searches_.stop();
    filters_.stop();
  }

  bool has_group(const std::string& region, const std::string& group) const override {
    return groups_.contains(group_key(region, group));
  }
  room::Outcome<void> ensure_stream(const std::string& region, const std::string& group,
                                    const std::string& stream, bool create_group) override;
  void ensure_group(const std::string& region, const std::string& group, int days) override;
  void append(const std::string& region, const std::string& group, const std::string& stream,
              std::vector<LogLine> lines, std::function<void()> durable) override;

 private:
  using Context = room::Context;
  template <class T>
  using Outcome = room::Outcome<T>;
  using Done = Outcome<model::Empty>;

  Done create_group(Context&, const aws::logs::CreateLogGroupRequest&);
  Done delete_group(Context&, const aws::logs::DeleteLogGroupRequest&);
  Outcome<aws::logs::DescribeLogGroupsResponse> describe_groups(
      Context&, const aws::logs::DescribeLogGroupsRequest&);
  Outcome<aws::logs::ListLogGroupsResponse> list_groups(Context&,
                                                        const aws::logs::ListLogGroupsRequest&);
  Done tag_group(Context&, const aws::logs::TagLogGroupRequest&);
  Done untag_group(Context&, const aws::logs::UntagLogGroupRequest&);
  Outcome<aws::logs::ListTagsLogGroupResponse> list_group_tags(
      Context&, const aws::logs::ListTagsLogGroupRequest&);
  Done put_retention(Context&, const aws::logs::PutRetentionPolicyRequest&);
  Done delete_retention(Context&, const aws::logs::DeleteRetentionPolicyRequest&);
  Done tag(Context&, const aws::logs::TagResourceRequest&);
  Done untag(Context&, const aws::logs::UntagResourceRequest&);
  Outcome<aws::logs::ListTagsForResourceResponse> list_tags(
      Context&, const aws::logs::ListTagsForResourceRequest&);

  Done create_stream(Context&, const aws::logs::CreateLogStreamRequest&);
  Done delete_stream(Context&, const aws::logs::DeleteLogStreamRequest&);
  Outcome<aws::logs::DescribeLogStreamsResponse> describe_streams(
      Context&, const aws::logs::DescribeLogStreamsRequest&);

  Outcome<aws::logs::PutLogEventsResponse> put_events(Context&,
                                                      const aws::logs::PutLogEventsRequest&);
  Outcome<aws::logs::PutLogEventsResponse> put_decoded(Context&, seatrial::logs::PutBody&);
  std::optional<Direct::Work> read_put(const Direct::Bytes&);
  Outcome<aws::logs::GetLogEventsResponse> get_events(Context&,
                                                      const aws::logs::GetLogEventsRequest&);
  Outcome<aws::logs::FilterLogEventsResponse> filter_events(
      Context&, const aws::logs::FilterLogEventsRequest&);

  Outcome<aws::logs::StartQueryResponse> start_query(Context&, const aws::logs::StartQueryRequest&);
  Outcome<aws::logs::GetQueryResultsResponse> query_results(
      Context&, const aws::logs::GetQueryResultsRequest&);
  Outcome<aws::logs::StopQueryResponse> stop_query(Context&, const aws::logs::StopQueryRequest&);
  Outcome<aws::logs::DescribeQueriesResponse> describe_queries(
      Context&, const aws::logs::DescribeQueriesRequest&);
  Outcome<aws::logs::GetLogRecordResponse> log_record(Context&,
                                                      const aws::logs::GetLogRecordRequest&);
  Outcome<aws::logs::GetLogGroupFieldsResponse> group_fields(
      Context&, const aws::logs::GetLogGroupFieldsRequest&);
  Outcome<aws::logs::PutQueryDefinitionResponse> put_definition(
      Context&, const aws::logs::PutQueryDefinitionRequest&);
  Outcome<aws::logs::DescribeQueryDefinitionsResponse> describe_definitions(
      Context&, const aws::logs::DescribeQueryDefinitionsRequest&);
  Outcome<aws::logs::DeleteQueryDefinitionResponse> delete_definition(
      Context&, const aws::logs::DeleteQueryDefinitionRequest&);
  Outcome<aws::logs::ListLogGroupsForQueryResponse> groups_for_query(
      Context&, const aws::logs::ListLogGroupsForQueryRequest&);
  Outcome<aws::logs::CreateLookupTableResponse> create_lookup_table(
      Context&, const aws::logs::CreateLookupTableRequest&);
  Outcome<aws::logs::UpdateLookupTableResponse> update_lookup_table(
      Context&, const aws::logs::UpdateLookupTableRequest&);
  Done delete_lookup_table(Context&, const aws::logs::DeleteLookupTableRequest&);
  Outcome<aws::logs::GetLookupTableResponse> get_lookup_table(
      Context&, const aws::logs::GetLookupTableRequest&);
  Outcome<aws::logs::DescribeLookupTablesResponse> describe_lookup_tables(
      Context&, const aws::logs::DescribeLookupTablesRequest&);
  // The key of the table that an ARN names.
  Outcome<std::string> find_lookup_table(const Context&, const std::string& arn) const;
  // Whether a table of that size may be put; `replaced` is the key of the one it takes the place
  // of.
  Outcome<void> check_lookup_room(const Context&, const std::string& replaced,
                                  std::size_t size) const;
  std::expected<seatrial::logs::run::LookupSource, std::string> lookup_source(
      const std::string& region, const std::string& name);
  Done put_metric_filter(Context&, const aws::logs::PutMetricFilterRequest&);
  Done delete_metric_filter(Context&, const aws::logs::DeleteMetricFilterRequest&);
  Outcome<aws::logs::DescribeMetricFiltersResponse> describe_metric_filters(
      Context&, const aws::logs::DescribeMetricFiltersRequest&);
  Outcome<aws::logs::TestMetricFilterResponse> test_metric_filter(
      Context&, const aws::logs::TestMetricFilterRequest&);
  Done put_subscription_filter(Context&, const aws::logs::PutSubscriptionFilterRequest&);
  Done delete_subscription_filter(Context&, const aws::logs::DeleteSubscriptionFilterRequest&);
  Outcome<aws::logs::DescribeSubscriptionFiltersResponse> describe_subscription_filters(
      Context&, const aws::logs::DescribeSubscriptionFiltersRequest&);
  Outcome<void> check_subscription_limits(const std::string& group, const std::string& key,
                                          const std::string& pattern) const;
  Outcome<aws::logs::CreateExportTaskResponse> create_export(
      Context&, const aws::logs::CreateExportTaskRequest&);
  Outcome<aws::logs::DescribeExportTasksResponse> describe_exports(
      Context&, const aws::logs::DescribeExportTasksRequest&);
  Done cancel_export(Context&, const aws::logs::CancelExportTaskRequest&);
  Outcome<void> check_export(const Context&, const aws::logs::CreateExportTaskRequest&) const;
  Outcome<aws::logs::StartLiveTailResponse> start_live_tail(Context&,
                                                            const aws::logs::StartLiveTailRequest&);
  Outcome<LiveTails::Request::Group> tailed_group(const Context&,
                                                  const std::string& identifier) const;
  // handlers_deliveries.cc
  Outcome<aws::logs::PutDeliverySourceResponse> put_delivery_source(
      Context&, const aws::logs::PutDeliverySourceRequest&);
  Outcome<aws::logs::GetDeliverySourceResponse> get_delivery_source(
      Context&, const aws::logs::GetDeliverySourceRequest&);
  Outcome<aws::logs::DescribeDeliverySourcesResponse> describe_delivery_sources(
      Context&, const aws::logs::DescribeDeliverySourcesRequest&);
  Done delete_delivery_source(Context&, const aws::logs::DeleteDeliverySourceRequest&);
  Outcome<aws::logs::PutDeliveryDestinationResponse> put_delivery_destination(
      Context&, const aws::logs::PutDeliveryDestinationRequest&);
  Outcome<aws::logs::GetDeliveryDestinationResponse> get_delivery_destination(
      Context&, const aws::logs::GetDeliveryDestinationRequest&);
  Outcome<aws::logs::DescribeDeliveryDestinationsResponse> describe_delivery_destinations(
      Context&, const aws::logs::DescribeDeliveryDestinationsRequest&);
  Done delete_delivery_destination(Context&, const aws::logs::DeleteDeliveryDestinationRequest&);
  Outcome<aws::logs::CreateDeliveryResponse> create_delivery(
      Context&, const aws::logs::CreateDeliveryRequest&);
  Outcome<aws::logs::GetDeliveryResponse> get_delivery(Context&,
                                                       const aws::logs::GetDeliveryRequest&);
  Outcome<aws::logs::DescribeDeliveriesResponse> describe_deliveries(
      Context&, const aws::logs::DescribeDeliveriesRequest&);
  Done delete_delivery(Context&, const aws::logs::DeleteDeliveryRequest&);
  void serve_deliveries();
  Outcome<void> check_delivery_target(const Context&, const std::string& arn) const;
  void deliveries_changed() const {
    if (vendor_ != nullptr) vendor_->deliveries_changed();
  }

  std::size_t regex_filters(const std::string& group, const std::string& except) const;
  Outcome<void> check_filter_limits(const std::string& group, const std::string& key,
                                    const std::string& pattern) const;
  Outcome<std::vector<std::string>> query_groups(const Context&,
                                                 const aws::logs::StartQueryRequest&) const;

  // The key of an existing group, named by exactly one of name and identifier (a name or an ARN).
  Outcome<std::string> find_group(const Context&, const std::optional<std::string>& name,
                                  const std::optional<std::string>& identifier) const;
  Outcome<std::string> tagged_group(const Context&, const std::string& arn) const;
  Outcome<std::map<std::string, std::string>> tags_of(const Context&, const std::string& arn) const;
  void set_tags(const Context&, const std::string& arn, std::map<std::string, std::string> tags);
  aws::logs::LogGroup describe(const Context&, const GroupRecord&);
  Outcome<aws::logs::DescribeLogGroupsResponse> describe_identified(
      Context&, const aws::logs::DescribeLogGroupsRequest&);
  aws::logs::LogStream describe(const Context&, const GroupRecord&, const StreamRecord&,
                                const seatrial::logs::StreamTimes&) const;
  void enforce_retention();

  seatrial::logs::Engine& engine_;
  store::Table<GroupRecord> groups_;
  store::Table<StreamRecord> streams_;
  store::Table<QueryDefinitionRecord> definitions_;
  store::Table<LookupTableRecord> lookup_tables_;
  std::map<std::string, std::weak_ptr<const std::string>> lookup_texts_;  // that queries hold
  DeliveryTables deliveries_;
  LogVendor* vendor_ = nullptr;
  s3::ObjectSink* objects_ = nullptr;
  Queries queries_;
  Searches searches_;
  MetricFilters filters_;
  Subscriptions subscriptions_;
  Exports exports_;
  LiveTails tails_;
  bool stopped_ = false;
};

// The body of PutLogEvents in its usual form, or null. Any thread.
std::shared_ptr<seatrial::logs::PutBody> decode_put(std::string_view body);

// Shared by the handlers.
room::Outcome<void> check_group_name(const std::string& name);
room::Outcome<void> check_stream_name(const std::string& name);
room::Outcome<void> check_tags(const std::map<std::string, std::string>& tags);
std::optional<std::string> lookup_table_key(const room::Context&, const std::string& arn);
room::Outcome<int> check_limit(std::optional<int> given, int preset, int most);
// The key behind which the page begins: empty without a token.
room::Outcome<std::string> page_start(const std::optional<std::string>& next_token);
std::string event_id(const seatrial::logs::Position& position);
std::string group_arn(const room::Context&, const std::string& group);  // without ":*"
bool is_allowed_retention(int days);

}  // namespace seatrial::services::logs

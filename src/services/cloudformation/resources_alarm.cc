// AWS::CloudWatch::Alarm, CompositeAlarm, AnomalyDetector.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudWatch.html
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<void> ended(Attempt<Value> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

Physical alarm_physical(ApiCaller& api, const std::string& name) {
  return {name, Object{{"Arn", api.as().arn("cloudwatch", "alarm:" + name).text()}}};
}

Attempt<std::optional<Physical>> find_alarm(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "AlarmName");
  auto reply = api.call(
      "cloudwatch", "DescribeAlarms",
      Object{{"AlarmNames", Array{name}}, {"AlarmTypes", Array{"MetricAlarm", "CompositeAlarm"}}});
  if (!reply) return std::unexpected(reply.error());
  if (list_of(*reply, "MetricAlarms").empty() && list_of(*reply, "CompositeAlarms").empty())
    return std::nullopt;
  return alarm_physical(api, name);
}

// Both operations that put an alarm create and replace alike.
Attempt<void> put_alarm(ApiCaller& api, std::string_view operation, const std::string& name,
                        const Value& properties) {
  auto input = map_properties({"cloudwatch", operation, {}, {"AlarmName"}}, properties);
  if (!input) return std::unexpected(input.error());
  input->get_object()["AlarmName"] = name;
  return ended(api.call("cloudwatch", operation, std::move(*input)));
}

Attempt<void> change_alarm_tags(ApiCaller& api, const Physical& p, const Value& before,
                                const Value& after) {
  const std::string arn = text_of(Value(p.attributes), "Arn");
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto r = ended(api.call("cloudwatch", "TagResource",
                                Object{{"ResourceARN", arn}, {"Tags", change.set}}));
        !r)
      return r;
  if (change.removed.empty()) return {};
  return ended(api.call("cloudwatch", "UntagResource",
                        Object{{"ResourceARN", arn}, {"TagKeys", change.removed}}));
}

template <const char* const& kOperation>
Attempt<Physical> create_alarm(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "AlarmName");
  if (auto done = put_alarm(api, kOperation, name, r.properties); !done)
    return std::unexpected(done.error());
  return alarm_physical(api, name);
}

template <const char* const& kOperation>
Attempt<void> update_alarm(ApiCaller& api, const Physical& p, const Value& before,
                           const Value& after) {
  if (auto done = put_alarm(api, kOperation, p.id, after); !done) return done;
  return change_alarm_tags(api, p, before, after);
}

constexpr const char* kPutMetricAlarm = "PutMetricAlarm";
constexpr const char* kPutCompositeAlarm = "PutCompositeAlarm";

Attempt<void> remove_alarm(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("cloudwatch", "DeleteAlarms", Object{{"AlarmNames", Array{p.id}}});
}

// ---- anomaly detector

Attempt<Physical> create_detector(ApiCaller& api, const Request& r) {
  auto input = map_properties({"cloudwatch", "PutAnomalyDetector", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  if (auto reply = api.call("cloudwatch", "PutAnomalyDetector", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return Physical{r.token, Object{{"Id", r.token}}};
}

Attempt<void> remove_detector(ApiCaller& api, const Physical&, const Value& properties) {
  auto input = map_properties(
      {"cloudwatch", "DeleteAnomalyDetector", {}, {"Configuration", "MetricCharacteristics"}},
      properties);
  if (!input) return std::unexpected(input.error());
  return api.erase("cloudwatch", "DeleteAnomalyDetector", std::move(*input));
}

}  // namespace

std::vector<ResourceType> alarm_types() {
  using Tags = ResourceType::Tags;
  ResourceType metric{.name = "AWS::CloudWatch::Alarm",
                      .properties = {"ActionsEnabled",
                                     "AlarmActions",
                                     "AlarmDescription",
                                     "AlarmName",
                                     "ComparisonOperator",
                                     "DatapointsToAlarm",
                                     "Dimensions",
                                     "EvaluateLowSampleCountPercentile",
                                     "EvaluationPeriods",
                                     "ExtendedStatistic",
                                     "MetricName",
                                     "InsufficientDataActions",
                                     "Metrics",
                                     "Namespace",
                                     "OKActions",
                                     "Period",
                                     "Statistic",
                                     "Tags",
                                     "Threshold",
                                     "ThresholdMetricId",
                                     "TreatMissingData",
                                     "Unit"},
                      .required = {"ComparisonOperator", "EvaluationPeriods"},
                      .name_property = "AlarmName",
                      .tags = Tags::kList,
                      .find = find_alarm,
                      .create = create_alarm<kPutMetricAlarm>,
                      .update = update_alarm<kPutMetricAlarm>,
                      .remove = remove_alarm};
  ResourceType composite{
      .name = "AWS::CloudWatch::CompositeAlarm",
      .properties = {"ActionsEnabled", "ActionsSuppressor", "ActionsSuppressorExtensionPeriod",
                     "ActionsSuppressorWaitPeriod", "AlarmActions", "AlarmDescription", "AlarmName",
                     "AlarmRule", "InsufficientDataActions", "OKActions", "Tags"},
      .required = {"AlarmRule"},
      .name_property = "AlarmName",
      .tags = Tags::kList,
      .find = find_alarm,
      .create = create_alarm<kPutCompositeAlarm>,
      .update = update_alarm<kPutCompositeAlarm>,
      .remove = remove_alarm};
  ResourceType detector{.name = "AWS::CloudWatch::AnomalyDetector",
                        .properties = {"Configuration", "Dimensions", "MetricCharacteristics",
                                       "MetricMathAnomalyDetector", "MetricName", "Namespace",
                                       "SingleMetricAnomalyDetector", "Stat"},
                        .create = create_detector,
                        .remove = remove_detector};
  return {std::move(metric), std::move(composite), std::move(detector)};
}

}  // namespace seatrial::services::cloudformation

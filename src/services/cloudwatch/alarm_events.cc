// The details of "CloudWatch Alarm State Change" and "CloudWatch Alarm Configuration Change", and
// what a Lambda function is called with, which has the same parts.
#include "services/cloudwatch/alarm_documents.h"

namespace seatrial::services::cloudwatch {
namespace {

using decide::alarm_state_name;
using decide::alarm_timestamp;

template <class T>
void add_event(Object& out, std::string_view name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

Object metric_stat(const std::optional<std::string>& name_space,
                   const std::optional<std::string>& name,
                   const std::vector<shape::Dimension>& dimensions, int period,
                   const std::string& stat, const std::optional<std::string>& unit) {
  Object dimension_map;
  for (const auto& d : dimensions) dimension_map[d.Name] = d.Value;
  Object metric;
  add_event(metric, "namespace", name_space);
  add_event(metric, "name", name);
  metric["dimensions"] = std::move(dimension_map);
  Object out{{"metric", std::move(metric)}, {"period", period}, {"stat", stat}};
  add_event(out, "unit", unit);
  return out;
}

Array event_metrics(const shape::PutMetricAlarmInput& in, const std::string& id) {
  if (in.MetricName) {
    const auto stat = in.Statistic ? *in.Statistic : in.ExtendedStatistic.value_or("");
    return {Object{{"id", id},
                   {"metricStat", metric_stat(in.Namespace, in.MetricName, in.Dimensions,
                                              in.Period.value_or(0), stat, in.Unit)},
                   {"returnData", true}}};
  }
  Array out;
  for (const auto& query : in.Metrics) {
    Object item{{"id", query.Id}};
    add_event(item, "expression", query.Expression);
    if (query.MetricStat) {
      const auto& stat = *query.MetricStat;
      item["metricStat"] = metric_stat(stat.Metric.Namespace, stat.Metric.MetricName,
                                       stat.Metric.Dimensions, stat.Period, stat.Stat, stat.Unit);
    }
    add_event(item, "label", query.Label);
    item["returnData"] = query.ReturnData.value_or(true);
    add_event(item, "period", query.Period);
    out.push_back(std::move(item));
  }
  return out;
}

void add_composite_event(Object& out, const shape::PutCompositeAlarmInput& in) {
  out["alarmRule"] = in.AlarmRule;
  add_event(out, "actionsSuppressor", in.ActionsSuppressor);
  add_event(out, "actionsSuppressorWaitPeriod", in.ActionsSuppressorWaitPeriod);
  add_event(out, "actionsSuppressorExtensionPeriod", in.ActionsSuppressorExtensionPeriod);
}

Object event_state(const AlarmStateRecord& state) {
  Object out{{"value", alarm_state_name(state.value)}, {"reason", state.reason}};
  if (!state.reason_data.empty()) out["reasonData"] = state.reason_data;
  out["timestamp"] = alarm_timestamp(state.at);
  return out;
}

void add_suppression(Object& state, const AlarmRecord& record) {
  const auto by = decide::suppressed_by_name(record.suppressed_by);
  if (by.empty()) return;
  state["actionsSuppressedBy"] = by;
  state["actionsSuppressedReason"] = fmt::format("Actions suppressed by {}", by);
}

Object whole_configuration(const AlarmRecord& record, const std::string& id) {
  Object out;
  if (record.metric) {
    const auto& in = *record.metric;
    add_event(out, "evaluationPeriods", in.EvaluationPeriods);
    add_event(out, "datapointsToAlarm", in.DatapointsToAlarm);
    add_event(out, "threshold", in.Threshold);
    add_event(out, "thresholdMetricId", in.ThresholdMetricId);
    add_event(out, "comparisonOperator", in.ComparisonOperator);
    add_event(out, "treatMissingData", in.TreatMissingData);
    add_event(out, "evaluateLowSampleCountPercentile", in.EvaluateLowSampleCountPercentile);
    out["metrics"] = event_metrics(in, id);
  } else {
    add_composite_event(out, *record.composite);
  }
  const auto actions = [&](decide::AlarmState state) {
    const auto& list = record.actions(state);
    return Array(list.begin(), list.end());
  };
  out["alarmName"] = record.name();
  add_event(out, "description", record.description());
  out["actionsEnabled"] = record.actions_enabled;
  out["timestamp"] = alarm_timestamp(record.configured);
  out["okActions"] = actions(decide::AlarmState::kOk);
  out["alarmActions"] = actions(decide::AlarmState::kAlarm);
  out["insufficientDataActions"] = actions(decide::AlarmState::kInsufficientData);
  return out;
}

// A contributor's has its id and attributes, and nothing of the state before.
Value contributor_detail(const AlarmRecord& record, const AlarmTransition& transition,
                         Object configuration) {
  Object attributes;
  for (const auto& [name, value] : transition.contributor.attributes) attributes[name] = value;
  Object contributor{{"id", transition.contributor.id}, {"attributes", std::move(attributes)}};
  return Object{{"alarmName", record.name()},
                {"alarmContributor", std::move(contributor)},
                {"state", event_state(transition.to)},
                {"configuration", std::move(configuration)}};
}

}  // namespace

Value state_change_detail(const AlarmRecord& record, const AlarmTransition& transition,
                          const std::string& id) {
  Object state = event_state(transition.to);
  add_suppression(state, record);
  if (!record.evaluation_state.empty()) state["evaluationState"] = record.evaluation_state;
  Object configuration;
  if (record.metric) configuration["metrics"] = event_metrics(*record.metric, id);
  if (record.composite) add_composite_event(configuration, *record.composite);
  add_event(configuration, "description", record.description());
  if (!transition.contributor.id.empty())
    return contributor_detail(record, transition, std::move(configuration));
  return Object{{"alarmName", record.name()},
                {"state", std::move(state)},
                {"previousState", event_state(transition.from)},
                {"configuration", std::move(configuration)}};
}

Value configuration_change_detail(Change change, const AlarmRecord& record,
                                  const AlarmRecord* before, const std::string& id) {
  static constexpr const char* kOperations[] = {"create", "update", "delete"};
  Object state{{"value", alarm_state_name(record.state.value)},
               {"timestamp", alarm_timestamp(record.state.at)}};
  const auto by = decide::suppressed_by_name(record.suppressed_by);
  if (!by.empty()) state["actionsSuppressedBy"] = by;
  Object out{{"alarmName", record.name()},
             {"operation", kOperations[static_cast<std::size_t>(change)]},
             {"state", std::move(state)},
             {"configuration", whole_configuration(record, id)}};
  if (before != nullptr) out["previousConfiguration"] = whole_configuration(*before, id);
  return out;
}

// Source: the user guide's "Invoke a Lambda function from an alarm", whose samples have these.
Value lambda_payload(const AlarmContext& about, const AlarmRecord& record,
                     const AlarmTransition& transition, const std::string& id) {
  return Object{
      {"source", "aws.cloudwatch"}, {"alarmArn", about.arn},
      {"accountId", about.account}, {"time", alarm_timestamp(transition.to.at)},
      {"region", about.region},     {"alarmData", state_change_detail(record, transition, id)}};
}

}  // namespace seatrial::services::cloudwatch

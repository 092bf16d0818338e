// History data and SNS messages; events are in alarm_events.cc.
#include "services/cloudwatch/alarm_documents.h"

#include <map>

namespace seatrial::services::cloudwatch {
namespace {

using decide::alarm_state_name;
using decide::alarm_timestamp;

constexpr std::size_t kMaxSubject = 100;  // SNS's limit
constexpr std::size_t kMaxData = 4095;    // of HistoryData

Value or_null(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value(nullptr);
}

Array array_of(const std::vector<std::string>& items) { return Array(items.begin(), items.end()); }

Array dimensions_of(const std::vector<shape::Dimension>& dimensions) {
  Array out;
  for (const auto& d : dimensions) out.push_back(Object{{"value", d.Value}, {"name", d.Name}});
  return out;
}

Object history_state(const AlarmStateRecord& state, bool with_data) {
  Object out{{"stateValue", alarm_state_name(state.value)}, {"stateReason", state.reason}};
  const auto data = with_data ? parse_json(state.reason_data) : std::nullopt;
  if (data) out["stateReasonData"] = *data;
  return out;
}

template <class T>
void add(Object& out, std::string_view name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

void add_metric(Object& out, const shape::PutMetricAlarmInput& in) {
  add(out, "namespace", in.Namespace);
  add(out, "metricName", in.MetricName);
  add(out, "statistic", in.Statistic);
  add(out, "extendedStatistic", in.ExtendedStatistic);
  add(out, "period", in.Period);
  if (in.MetricName) out["dimensions"] = dimensions_of(in.Dimensions);
  add(out, "unit", in.Unit);
  add(out, "threshold", in.Threshold);
  add(out, "thresholdMetricId", in.ThresholdMetricId);
  add(out, "comparisonOperator", in.ComparisonOperator);
  add(out, "evaluationPeriods", in.EvaluationPeriods);
  add(out, "datapointsToAlarm", in.DatapointsToAlarm);
  add(out, "treatMissingData", in.TreatMissingData);
  add(out, "evaluateLowSampleCountPercentile", in.EvaluateLowSampleCountPercentile);
  if (!in.Metrics.empty()) out["metrics"] = to_value(in).at("Metrics");
}

void add_composite(Object& out, const shape::PutCompositeAlarmInput& in) {
  out["alarmRule"] = in.AlarmRule;
  add(out, "actionsSuppressor", in.ActionsSuppressor);
  add(out, "actionsSuppressorWaitPeriod", in.ActionsSuppressorWaitPeriod);
  add(out, "actionsSuppressorExtensionPeriod", in.ActionsSuppressorExtensionPeriod);
}

// ---- SNS

// How CloudWatch calls regions in its messages.
std::string region_title(const std::string& region) {
  static const std::map<std::string, std::string> kTitles = {
      {"us-east-1", "US East (N. Virginia)"},
      {"us-east-2", "US East (Ohio)"},
      {"us-west-1", "US West (N. California)"},
      {"us-west-2", "US West (Oregon)"},
      {"af-south-1", "Africa (Cape Town)"},
      {"ap-east-1", "Asia Pacific (Hong Kong)"},
      {"ap-south-1", "Asia Pacific (Mumbai)"},
      {"ap-northeast-1", "Asia Pacific (Tokyo)"},
      {"ap-northeast-2", "Asia Pacific (Seoul)"},
      {"ap-northeast-3", "Asia Pacific (Osaka)"},
      {"ap-southeast-1", "Asia Pacific (Singapore)"},
      {"ap-southeast-2", "Asia Pacific (Sydney)"},
      {"ca-central-1", "Canada (Central)"},
      {"eu-central-1", "EU (Frankfurt)"},
      {"eu-west-1", "EU (Ireland)"},
      {"eu-west-2", "EU (London)"},
      {"eu-west-3", "EU (Paris)"},
      {"eu-north-1", "EU (Stockholm)"},
      {"eu-south-1", "EU (Milan)"},
      {"me-south-1", "Middle East (Bahrain)"},
      {"sa-east-1", "South America (Sao Paulo)"},
  };
  const auto found = kTitles.find(region);
  return found == kTitles.end() ? region : found->second;
}

std::string upper_statistic(const std::string& statistic) {
  if (statistic == "SampleCount") return "SAMPLE_COUNT";
  std::string out;
  for (const char c : statistic)
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

Array message_queries(const shape::PutMetricAlarmInput& in) {
  Array out;
  for (const auto& query : in.Metrics) {
    Object item;
    add(item, "Expression", query.Expression);
    item["Id"] = query.Id;
    add(item, "Label", query.Label);
    if (query.MetricStat) {
      const auto& stat = *query.MetricStat;
      Object metric{{"Dimensions", dimensions_of(stat.Metric.Dimensions)}};
      add(metric, "MetricName", stat.Metric.MetricName);
      add(metric, "Namespace", stat.Metric.Namespace);
      Object out_stat{{"Metric", std::move(metric)}, {"Period", stat.Period}, {"Stat", stat.Stat}};
      add(out_stat, "Unit", stat.Unit);
      item["MetricStat"] = std::move(out_stat);
    }
    add(item, "Period", query.Period);
    item["ReturnData"] = query.ReturnData.value_or(true);
    out.push_back(std::move(item));
  }
  return out;
}

Object trigger(const shape::PutMetricAlarmInput& in) {
  Object out;
  if (in.MetricName) {
    out["MetricName"] = *in.MetricName;
    add(out, "Namespace", in.Namespace);
    out["StatisticType"] = in.Statistic ? "Statistic" : "ExtendedStatistic";
    if (in.Statistic) out["Statistic"] = upper_statistic(*in.Statistic);
    add(out, "ExtendedStatistic", in.ExtendedStatistic);
    out["Unit"] = or_null(in.Unit);
    out["Dimensions"] = dimensions_of(in.Dimensions);
  }
  add(out, "Period", in.Period);
  add(out, "EvaluationPeriods", in.EvaluationPeriods);
  add(out, "DatapointsToAlarm", in.DatapointsToAlarm);
  add(out, "ComparisonOperator", in.ComparisonOperator);
  add(out, "Threshold", in.Threshold);
  add(out, "ThresholdMetricId", in.ThresholdMetricId);
  out["TreatMissingData"] = in.TreatMissingData.value_or("");
  out["EvaluateLowSampleCountPercentile"] = in.EvaluateLowSampleCountPercentile.value_or("");
  if (!in.Metrics.empty()) out["Metrics"] = message_queries(in);
  return out;
}

Array triggering_children(const std::vector<decide::ChildState>& children) {
  constexpr std::size_t kMax = 10;
  Array out;
  for (const auto& child : children) {
    if (out.size() == kMax) break;
    out.push_back(Object{{"Arn", child.arn},
                         {"State", Object{{"Value", alarm_state_name(child.state)},
                                          {"Timestamp", alarm_timestamp(child.at)}}}});
  }
  return out;
}

}  // namespace

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
  return text;
}

std::string java_json(const Value& v) {
  if (v.is_double()) return decide::java_double(v.get_double());
  if (const auto* array = v.if_array()) {
    std::string out;
    for (const auto& item : *array) out += (out.empty() ? "" : ",") + java_json(item);
    return "[" + out + "]";
  }
  if (const auto* object = v.if_object()) {
    std::string out;
    for (const auto& member : *object) {
      out += (out.empty() ? "" : ",") + to_json(Value(member.key())) + ":";
      out += java_json(member.value());
    }
    return "{" + out + "}";
  }
  return to_json(v);
}

std::string state_update_data(const AlarmTransition& transition) {
  const auto data = [&](bool old_data, bool new_data) {
    return java_json(Object{{"version", "1.0"},
                            {"oldState", history_state(transition.from, old_data)},
                            {"newState", history_state(transition.to, new_data)}});
  };
  if (auto whole = data(true, true); whole.size() <= kMaxData) return whole;
  if (auto newer = data(false, true); newer.size() <= kMaxData) return newer;
  return data(false, false);
}

std::string contributor_update_data(const AlarmStateRecord& state) {
  return java_json(Object{{"version", "1.0"}, {"newState", history_state(state, false)}});
}

std::string configuration_data(Change change, const AlarmRecord& record, const std::string& arn) {
  static constexpr const char* kTypes[] = {"Create", "Update", "Delete"};
  static constexpr const char* kMembers[] = {"createdAlarm", "updatedAlarm", "deletedAlarm"};
  Object alarm{{"alarmName", record.name()}};
  add(alarm, "alarmDescription", record.description());
  alarm["alarmArn"] = arn;
  alarm["alarmConfigurationUpdatedTimestamp"] = alarm_timestamp(record.configured);
  if (record.metric) add_metric(alarm, *record.metric);
  if (record.composite) add_composite(alarm, *record.composite);
  alarm["stateValue"] = alarm_state_name(record.state.value);
  alarm["stateUpdatedTimestamp"] = alarm_timestamp(record.state.at);
  alarm["actionsEnabled"] = record.actions_enabled;
  alarm["alarmActions"] = array_of(record.actions(decide::AlarmState::kAlarm));
  alarm["insufficientDataActions"] =
      array_of(record.actions(decide::AlarmState::kInsufficientData));
  alarm["okactions"] = array_of(record.actions(decide::AlarmState::kOk));
  const auto index = static_cast<std::size_t>(change);
  return java_json(
      Object{{"version", "1.0"}, {"type", kTypes[index]}, {kMembers[index], std::move(alarm)}});
}

std::string action_data(const AlarmTransition& transition, const std::string& action,
                        const std::string& published, const std::string& error) {
  const auto data = [&](const Value& message) {
    return java_json(Object{{"actionState", error.empty() ? "Succeeded" : "Failed"},
                            {"stateUpdateTimestamp", to_ms(transition.to.at)},
                            {"notificationResource", action},
                            {"publishedMessage", message},
                            {"error", error.empty() ? Value(nullptr) : Value(error)}});
  };
  auto whole =
      data(published.empty() ? Value(nullptr) : Value(java_json(Object{{"default", published}})));
  return whole.size() <= kMaxData ? whole : data(Value(nullptr));
}

// SNS takes printable ASCII only. guess: what CloudWatch puts for the rest of a name.
std::string alarm_subject(const AlarmContext& about, const AlarmRecord& record,
                          const AlarmTransition& transition) {
  auto subject = fmt::format("{}: \"{}\" in {}", alarm_state_name(transition.to.value),
                             record.name(), region_title(about.region));
  for (char& c : subject)
    if (c < ' ' || c > '~') c = '?';
  return subject.size() <= kMaxSubject ? subject : subject.substr(0, kMaxSubject - 3) + "...";
}

std::string alarm_message(const AlarmContext& about, const AlarmRecord& record,
                          const AlarmTransition& transition) {
  Object out{
      {"AlarmName", record.name()},
      {"AlarmDescription", or_null(record.description())},
      {"AWSAccountId", about.account},
      {"AlarmConfigurationUpdatedTimestamp", alarm_timestamp(record.configured)},
      {"NewStateValue", alarm_state_name(transition.to.value)},
      {"NewStateReason", transition.to.reason},
      {"StateChangeTime", alarm_timestamp(transition.to.at)},
      {"Region", region_title(about.region)},
      {"AlarmArn", about.arn},
      {"OldStateValue", alarm_state_name(transition.from.value)},
      {"OKActions", array_of(record.actions(decide::AlarmState::kOk))},
      {"AlarmActions", array_of(record.actions(decide::AlarmState::kAlarm))},
      {"InsufficientDataActions", array_of(record.actions(decide::AlarmState::kInsufficientData))}};
  if (!transition.contributor.id.empty()) {
    Object attributes;
    for (const auto& [name, value] : transition.contributor.attributes) attributes[name] = value;
    out["AlarmContributorId"] = transition.contributor.id;
    out["AlarmContributorAttributes"] = std::move(attributes);
  }
  if (record.metric) {
    out["Trigger"] = trigger(*record.metric);
  } else {
    out["AlarmRule"] = record.composite->AlarmRule;
    out["TriggeringChildren"] = triggering_children(about.children);
  }
  return java_json(out);
}

}  // namespace seatrial::services::cloudwatch

// Alarms and their history described. Sources: API_DescribeAlarms, API_DescribeAlarmsForMetric,
// API_DescribeAlarmHistory, API_DescribeAlarmContributors.
#include "room/page_token.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;

constexpr int kDefaultPage = 50, kLargestPage = 100;

template <class Output>
void describe_common(const AlarmRecord& record, const std::string& arn, Output& out) {
  out.AlarmName = record.name();
  out.AlarmArn = arn;
  out.AlarmDescription = record.description();
  out.AlarmConfigurationUpdatedTimestamp = record.configured;
  out.ActionsEnabled = record.actions_enabled;
  out.OKActions = record.actions(decide::AlarmState::kOk);
  out.AlarmActions = record.actions(decide::AlarmState::kAlarm);
  out.InsufficientDataActions = record.actions(decide::AlarmState::kInsufficientData);
  out.StateValue = std::string(decide::alarm_state_name(record.state.value));
  out.StateReason = record.state.reason;
  if (!record.state.reason_data.empty()) out.StateReasonData = record.state.reason_data;
  out.StateUpdatedTimestamp = record.state.at;
  out.StateTransitionedTimestamp = record.transitioned;
}

shape::MetricAlarm describe_metric(const AlarmRecord& record, const std::string& arn) {
  shape::MetricAlarm out;
  describe_common(record, arn, out);
  const auto& in = *record.metric;
  out.MetricName = in.MetricName;
  out.Namespace = in.Namespace;
  out.Statistic = in.Statistic;
  out.ExtendedStatistic = in.ExtendedStatistic;
  out.Dimensions = in.Dimensions;
  out.Dimensions.given = in.MetricName.has_value();
  out.Period = in.Period;
  out.Unit = in.Unit;
  out.EvaluationPeriods = in.EvaluationPeriods;
  out.DatapointsToAlarm = in.DatapointsToAlarm;
  out.Threshold = in.Threshold;
  out.ComparisonOperator = in.ComparisonOperator;
  out.TreatMissingData = in.TreatMissingData;
  out.EvaluateLowSampleCountPercentile = in.EvaluateLowSampleCountPercentile;
  out.Metrics = in.Metrics;
  out.ThresholdMetricId = in.ThresholdMetricId;
  if (!record.evaluation_state.empty()) out.EvaluationState = record.evaluation_state;
  return out;
}

shape::CompositeAlarm describe_composite(const AlarmRecord& record, const std::string& arn) {
  shape::CompositeAlarm out;
  describe_common(record, arn, out);
  const auto& in = *record.composite;
  out.AlarmRule = in.AlarmRule;
  out.ActionsSuppressor = in.ActionsSuppressor;
  out.ActionsSuppressorWaitPeriod = in.ActionsSuppressorWaitPeriod;
  out.ActionsSuppressorExtensionPeriod = in.ActionsSuppressorExtensionPeriod;
  const auto by = decide::suppressed_by_name(record.suppressed_by);
  if (!by.empty()) {
    out.ActionsSuppressedBy = std::string(by);
    out.ActionsSuppressedReason = fmt::format("Actions suppressed by {}", by);
  }
  return out;
}

bool has_type(const std::vector<std::string>& types, const AlarmRecord& record) {
  const auto type =
      record.metric ? shape::AlarmType::MetricAlarm : shape::AlarmType::CompositeAlarm;
  if (types.empty()) return record.metric.has_value();
  return std::ranges::find(types, type) != types.end();
}

bool has_action(const AlarmRecord& record, const std::string& prefix) {
  using decide::AlarmState;
  for (const auto state : {AlarmState::kOk, AlarmState::kAlarm, AlarmState::kInsufficientData})
    for (const auto& action : record.actions(state))
      if (action.starts_with(prefix)) return true;
  return false;
}

bool is_selected(const shape::DescribeAlarmsInput& request, const AlarmRecord& record) {
  if (!has_type(request.AlarmTypes, record)) return false;
  if (request.StateValue && *request.StateValue != decide::alarm_state_name(record.state.value))
    return false;
  return !request.ActionPrefix || has_action(record, *request.ActionPrefix);
}

Outcome<void> check(const shape::DescribeAlarmsInput& request) {
  if (!request.AlarmNames.empty() && request.AlarmNamePrefix)
    return validation_error("AlarmNames and AlarmNamePrefix must not be specified together.");
  const int family = (request.ChildrenOfAlarmName ? 1 : 0) + (request.ParentsOfAlarmName ? 1 : 0);
  const bool others = !request.AlarmNames.empty() || request.AlarmNamePrefix ||
                      !request.AlarmTypes.empty() || request.StateValue || request.ActionPrefix;
  if (family > 1 || (family == 1 && others)) {
    return validation_error(
        "ChildrenOfAlarmName and ParentsOfAlarmName can be specified only with MaxRecords and "
        "NextToken.");
  }
  return {};
}

struct Page {
  std::string after;  // name of the last alarm of the page before
  std::size_t size = kDefaultPage;
};

Outcome<Page> page_of(const std::optional<std::string>& token, const std::optional<int>& most) {
  Page page{"", static_cast<std::size_t>(std::min(most.value_or(kDefaultPage), kLargestPage))};
  if (!token) return page;
  const auto key = room::page_token_key(*token);
  if (!key) return invalid_next_token();
  page.after = *key;
  return page;
}

}  // namespace

// Of the relatives only what AWS tells of them.
Outcome<shape::DescribeAlarmsOutput> CloudWatch::describe_relatives(
    const Context& context, const shape::DescribeAlarmsInput& request) {
  const bool children = request.ChildrenOfAlarmName.has_value();
  const std::string key =
      context.key(children ? *request.ChildrenOfAlarmName : *request.ParentsOfAlarmName);
  std::set<std::string> relatives;
  const auto* record = alarms_.alarms.find(key);
  if (children && record != nullptr && record->composite) {
    if (const auto rule = decide::parse_alarm_rule(record->composite->AlarmRule))
      for (const auto& alarm : decide::alarms_of(*rule))
        if (auto child = alarms_.key_of(context.region, alarm)) relatives.insert(*child);
  } else if (!children) {
    const auto family = family_of(context.region, false);
    if (const auto parents = family.find(key); parents != family.end()) relatives = parents->second;
  }
  const auto page = page_of(request.NextToken, request.MaxRecords);
  if (!page) return std::unexpected(page.error());
  shape::DescribeAlarmsOutput reply;
  reply.MetricAlarms.given = reply.CompositeAlarms.given = true;
  const auto fill = [&](auto out, const std::string& relative, const AlarmRecord& alarm) {
    out.AlarmName = alarm.name();
    out.AlarmArn = alarms_.arn(relative);
    if (!children) return out;
    out.StateValue = std::string(decide::alarm_state_name(alarm.state.value));
    out.StateUpdatedTimestamp = alarm.state.at;
    return out;
  };
  std::size_t count = 0;
  std::string last;
  for (const auto& relative : relatives) {
    const auto* alarm = alarms_.alarms.find(relative);
    if (alarm == nullptr || alarm->name() <= page->after) continue;
    if (count++ == page->size) {
      reply.NextToken = room::page_token(last);
      break;
    }
    last = alarm->name();
    if (alarm->metric)
      reply.MetricAlarms.push_back(fill(shape::MetricAlarm{}, relative, *alarm));
    else
      reply.CompositeAlarms.push_back(fill(shape::CompositeAlarm{}, relative, *alarm));
  }
  return reply;
}

Outcome<shape::DescribeAlarmsOutput> CloudWatch::describe_alarms(
    Context& context, const shape::DescribeAlarmsInput& request) {
  if (auto ok = check(request); !ok) return std::unexpected(ok.error());
  if (request.ChildrenOfAlarmName || request.ParentsOfAlarmName)
    return describe_relatives(context, request);
  const auto page = page_of(request.NextToken, request.MaxRecords);
  if (!page) return std::unexpected(page.error());
  shape::DescribeAlarmsOutput reply;
  reply.MetricAlarms.given = reply.CompositeAlarms.given = true;
  std::size_t count = 0;
  std::string last;
  // False when the page is full.
  const auto add = [&](const std::string& key, const AlarmRecord& record) {
    if (record.name() <= page->after || !is_selected(request, record)) return true;
    if (count++ == page->size) {
      reply.NextToken = room::page_token(last);
      return false;
    }
    last = record.name();
    if (record.metric)
      reply.MetricAlarms.push_back(describe_metric(record, alarms_.arn(key)));
    else
      reply.CompositeAlarms.push_back(describe_composite(record, alarms_.arn(key)));
    return true;
  };
  for (const auto& name : std::set(request.AlarmNames.begin(), request.AlarmNames.end()))
    if (const auto* record = alarms_.alarms.find(context.key(name)))
      if (!add(context.key(name), *record)) break;
  if (!request.AlarmNames.empty()) return reply;
  const std::string prefix = context.key(request.AlarmNamePrefix.value_or(""));
  for (const auto& [key, record] : alarms_.alarms.with_prefix(prefix))
    if (!add(key, record)) break;
  return reply;
}

Outcome<shape::DescribeAlarmsForMetricOutput> CloudWatch::describe_alarms_for_metric(
    Context& context, const shape::DescribeAlarmsForMetricInput& request) {
  const auto sorted = [](const std::vector<shape::Dimension>& dimensions) {
    std::map<std::string, std::string> out;
    for (const auto& d : dimensions) out[d.Name] = d.Value;
    return out;
  };
  const auto dimensions = sorted(request.Dimensions);
  shape::DescribeAlarmsForMetricOutput reply;
  reply.MetricAlarms.given = true;
  for (const auto& [key, record] : alarms_.alarms.with_prefix(context.key(""))) {
    if (!record.metric || !record.metric->MetricName) continue;
    const auto& in = *record.metric;
    const bool same =
        *in.MetricName == request.MetricName && in.Namespace == request.Namespace &&
        sorted(in.Dimensions) == dimensions &&
        (!request.Statistic || in.Statistic == request.Statistic) &&
        (!request.ExtendedStatistic || in.ExtendedStatistic == request.ExtendedStatistic) &&
        (!request.Period || in.Period == request.Period) &&
        (!request.Unit || in.Unit == request.Unit);
    if (same) reply.MetricAlarms.push_back(describe_metric(record, alarms_.arn(key)));
  }
  return reply;
}

namespace {

// Items about contributors are only given to who asks for them, by type or by id (guess, from what
// people saw AWS answer).
bool is_selected(const shape::DescribeAlarmHistoryInput& request,
                 const shape::AlarmHistoryItem& item) {
  if (request.AlarmName && item.AlarmName != request.AlarmName) return false;
  if (request.AlarmContributorId && item.AlarmContributorId != request.AlarmContributorId)
    return false;
  if (request.HistoryItemType && item.HistoryItemType != request.HistoryItemType) return false;
  if (!request.HistoryItemType && !request.AlarmContributorId && item.AlarmContributorId)
    return false;
  if (request.StartDate && *item.Timestamp < *request.StartDate) return false;
  if (request.EndDate && *item.Timestamp > *request.EndDate) return false;
  if (request.AlarmTypes.empty()) return item.AlarmType == shape::AlarmType::MetricAlarm;
  return std::ranges::find(request.AlarmTypes, *item.AlarmType) != request.AlarmTypes.end();
}

}  // namespace

Outcome<shape::DescribeAlarmHistoryOutput> CloudWatch::describe_alarm_history(
    Context& context, const shape::DescribeAlarmHistoryInput& request) {
  if (request.AlarmContributorId && !request.AlarmName) {
    return validation_error(
        "AlarmName must be specified together with AlarmContributorId: a contributor is one of an "
        "alarm's.");
  }
  const auto page = page_of(request.NextToken, request.MaxRecords);
  if (!page) return std::unexpected(page.error());
  std::vector<std::pair<const std::string*, const shape::AlarmHistoryItem*>> items;
  const Time oldest = context.now - kHistoryKept;
  for (const auto& [key, item] : alarms_.history.with_prefix(context.key("")))
    if (*item.Timestamp >= oldest && is_selected(request, item)) items.emplace_back(&key, &item);
  const bool ascending = request.ScanBy == shape::ScanBy::TimestampAscending;
  if (!ascending) std::ranges::reverse(items);
  shape::DescribeAlarmHistoryOutput reply;
  reply.AlarmHistoryItems.given = true;
  std::string last;
  for (const auto& [key, item] : items) {
    const bool seen =
        !page->after.empty() && (ascending ? *key <= page->after : *key >= page->after);
    if (seen) continue;
    if (reply.AlarmHistoryItems.size() == page->size) {
      reply.NextToken = room::page_token(last);
      break;
    }
    last = *key;
    reply.AlarmHistoryItems.push_back(*item);
  }
  return reply;
}

// All in one page: an alarm has at most decide::kMaxContributors, an alarm on one time series none.
Outcome<shape::DescribeAlarmContributorsOutput> CloudWatch::describe_alarm_contributors(
    Context& context, const shape::DescribeAlarmContributorsInput& request) {
  const auto* record = alarms_.alarms.find(context.key(request.AlarmName));
  if (record == nullptr) {
    return model::fail("ResourceNotFoundException",
                       "Alarm with name " + request.AlarmName + " does not exist.", 404);
  }
  if (request.NextToken) return invalid_next_token();
  shape::DescribeAlarmContributorsOutput reply;
  reply.AlarmContributors.given = true;
  for (const auto& one : record->contributors) {
    shape::AlarmContributor contributor;
    contributor.ContributorId = one.id;
    for (const auto& [name, value] : one.attributes)
      contributor.ContributorAttributes[name] = value;
    contributor.StateReason = one.reason;
    contributor.StateTransitionedTimestamp = one.at;
    reply.AlarmContributors.push_back(std::move(contributor));
  }
  return reply;
}

}  // namespace seatrial::services::cloudwatch

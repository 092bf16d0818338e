// What an alarm must be like to be accepted, and how it is then evaluated.
//
// Sources: PutMetricAlarm, PutCompositeAlarm, MetricDataQuery; messages as people met them.
// guess: messages that no one published; README.md lists them.
#pragma once
#include <map>
#include <string>

#include "decide/alarm/composite.h"
#include "metrics/data_query.h"
#include "services/cloudwatch/alarm_store.h"
#include "services/cloudwatch/api.h"

namespace seatrial::services::cloudwatch {

using AlarmActionKinds = std::map<std::string, AlarmActionKind*, std::less<>>;  // by ARN's service

// How far back the Metrics Insights query of an alarm looks: "Limits" of alarms.
inline constexpr int kAlarmSelectReach_s = 3 * 3600;

// All that can be said without looking at other alarms or at data.
room::Outcome<void> check_metric_alarm(const room::Context& context,
                                       const shape::PutMetricAlarmInput& input,
                                       const AlarmActionKinds& kinds);
room::Outcome<void> check_composite_alarm(const room::Context& context,
                                          const shape::PutCompositeAlarmInput& input,
                                          const AlarmActionKinds& kinds);
room::Outcome<void> check_tags(const std::vector<shape::Tag>& tags);

// A metric alarm, ready to be evaluated.
struct AlarmPlan {
  std::string key, region;
  decide::AlarmRule rule;
  std::vector<metrics::DataQuery> queries;  // one statistic, or the math alarm's queries
  std::string watched;                      // the query compared with the threshold
  std::string band;                         // the query that is the threshold, or empty
  bool on_groups = false;                   // it gives several time series: contributors
  bool is_math() const { return queries.size() > 1 || !queries.front().stat; }
};
AlarmPlan plan_of(const std::string& key, const shape::PutMetricAlarmInput& input);

// The longest period among them.
int period_of(const shape::PutMetricAlarmInput& input);

// Whether a Metrics Insights query is among what the alarm reads.
bool uses_insights(const shape::PutMetricAlarmInput& input);
// Whether what the alarm watches gives a time series for each group of such a query.
bool watches_groups(const shape::PutMetricAlarmInput& input);

}  // namespace seatrial::services::cloudwatch

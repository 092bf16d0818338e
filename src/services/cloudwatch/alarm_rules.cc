#include "services/cloudwatch/alarm_rules.h"

#include <cmath>
#include <regex>
#include <set>

#include "decide/alarm/schedule.h"
#include "metrics/math/select.h"
#include "services/cloudwatch/alarm_actions.h"
#include "services/cloudwatch/errors.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;
using Input = shape::PutMetricAlarmInput;

constexpr int kWeek_s = 7 * decide::kDay_s;
constexpr std::size_t kMaxTags = 50, kMaxMathMetrics = 10, kMaxQueries = 20;

bool compares_with_band(const Input& in) {
  const auto& op = in.ComparisonOperator;
  return op == shape::ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold ||
         op == shape::ComparisonOperator::LessThanLowerThreshold ||
         op == shape::ComparisonOperator::GreaterThanUpperThreshold;
}

AlarmKind kind_of(const Input& in) {
  if (in.ThresholdMetricId) return AlarmKind::kAnomaly;
  if (watches_groups(in)) return AlarmKind::kFleet;
  return in.MetricName ? AlarmKind::kMetric : AlarmKind::kMath;
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

Outcome<void> required(bool given, const char* name) {
  if (given) return {};
  return validation_error(fmt::format("The parameter {} is required.", name));
}

Outcome<void> check_name(const std::string& name) {
  if (has_control_characters(name))
    return validation_error("AlarmName must not contain ASCII control characters.");
  return {};
}

Outcome<void> check_unserved(const Input& in) {
  if (in.EvaluationCriteria || in.EvaluationInterval) {
    return validation_error(
        "Seatrial does not evaluate PromQL (EvaluationCriteria, EvaluationInterval) yet; the alarm "
        "was not stored.");
  }
  return {};
}

Outcome<void> check_single(const Input& in) {
  if (auto ok = required(in.Namespace.has_value(), "Namespace"); !ok) return ok;
  if (in.Statistic.has_value() == in.ExtendedStatistic.has_value()) {
    return validation_error(
        "Exactly one of Statistic and ExtendedStatistic must be specified for MetricName.");
  }
  if (auto ok = required(in.Period.has_value(), "Period"); !ok) return ok;
  std::set<std::string> names;
  for (const auto& d : in.Dimensions)
    if (!names.insert(d.Name).second)
      return validation_error("No Metric may specify the same dimension name more than once.");
  return {};
}

bool is_id(const std::string& id) {
  return !id.empty() && id[0] >= 'a' && id[0] <= 'z' && std::ranges::all_of(id, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

bool is_insights(const shape::MetricDataQuery& query) {
  return query.Expression && metrics::math::is_select(*query.Expression);
}

int period_of_query(const shape::MetricDataQuery& query) {
  if (query.MetricStat) return query.MetricStat->Period;
  return query.Period.value_or(is_insights(query) ? metrics::kExpressionPeriod_s : 0);
}

bool gives_groups(const shape::MetricDataQuery& query) {
  if (!is_insights(query) || !query.ReturnData.value_or(true)) return false;
  const auto select = metrics::math::Select::parse(*query.Expression);
  return select && !select->group_by.empty();
}

// Source: "Create a CloudWatch alarm based on a Metrics Insights query": both clauses are needed.
Outcome<void> check_groups(const Input& in, const shape::MetricDataQuery& query) {
  if (!gives_groups(query)) return {};
  if (in.ThresholdMetricId) {
    return validation_error(
        "Anomaly detection is not supported on a Metrics Insights query with GROUP BY.");
  }
  if (metrics::math::Select::parse(*query.Expression)->order) return {};
  return validation_error(fmt::format(
      "Invalid metrics list: the Metrics Insights query {} has GROUP BY and returns several time "
      "series, so that it must have ORDER BY, too.",
      query.Id));
}

Outcome<void> check_insights_period(int period, int evaluation_periods) {
  if (period % decide::kMinute_s != 0) {
    return validation_error(
        "The Period of a Metrics Insights query must be a multiple of 60 seconds.");
  }
  if (std::int64_t{period} * evaluation_periods <= kAlarmSelectReach_s) return {};
  return validation_error(
      "Metrics Insights queries cannot be checked across more than three hours "
      "(EvaluationPeriods * Period must be <= 10800)");
}

Outcome<void> check_query(const shape::MetricDataQuery& query, const std::string& account) {
  if (!is_id(query.Id)) {
    return validation_error(fmt::format(
        "Invalid metrics list: Id {} must begin with a lowercase letter and have only letters, "
        "digits and underscores.",
        query.Id));
  }
  if (query.MetricStat.has_value() == query.Expression.has_value()) {
    return validation_error(fmt::format(
        "Invalid metrics list: the element {} must have exactly one of MetricStat and Expression.",
        query.Id));
  }
  if (query.AccountId && *query.AccountId != account) {
    return validation_error(
        "Seatrial has one account: AccountId of a metric of another cannot be watched.");
  }
  if (query.Expression && std::regex_search(*query.Expression, std::regex("\\bSEARCH\\s*\\(")))
    return validation_error("SEARCH is not supported on Metric Alarms.");
  if (!query.MetricStat) return {};
  if (!query.MetricStat->Metric.MetricName || !query.MetricStat->Metric.Namespace)
    return validation_error(fmt::format(
        "Invalid metrics list: the metric of {} must have a Namespace and a MetricName.",
        query.Id));
  return {};
}

Outcome<void> check_alone(const Input& in) {
  if (in.MetricName || in.Namespace || in.Statistic || in.ExtendedStatistic || in.Period ||
      in.Unit || !in.Dimensions.empty()) {
    return validation_error(
        "Metrics must not be specified together with MetricName, Namespace, Dimensions, Period, "
        "Unit, Statistic or ExtendedStatistic.");
  }
  return {};
}

Outcome<void> check_metrics(const Input& in, const std::string& account) {
  if (auto ok = check_alone(in); !ok) return ok;
  std::set<std::string> ids;
  std::size_t returning = 0, metrics = 0;
  for (const auto& query : in.Metrics) {
    if (auto ok = check_query(query, account); !ok) return ok;
    if (auto ok = check_groups(in, query); !ok) return ok;
    if (!ids.insert(query.Id).second)
      return validation_error("Invalid metrics list: the Id " + query.Id + " is used twice.");
    returning += query.ReturnData.value_or(true) ? 1 : 0;
    metrics += query.MetricStat ? 1 : 0;
  }
  const std::size_t wanted = in.ThresholdMetricId ? 2 : 1;
  if (returning != wanted) {
    return validation_error(fmt::format("Exactly {} of the metrics list should return data.",
                                        wanted == 1 ? "one element" : "two elements"));
  }
  if (in.ThresholdMetricId && !ids.contains(*in.ThresholdMetricId))
    return validation_error("ThresholdMetricId must be the Id of an element of the metrics list.");
  if (metrics > kMaxMathMetrics || in.Metrics.size() > kMaxQueries)
    return validation_error(
        fmt::format("An alarm can use at most {} metrics, and {} elements of the metrics list.",
                    kMaxMathMetrics, kMaxQueries));
  return {};
}

// One of MetricName and Metrics.
Outcome<void> check_source(const Input& in, const std::string& account) {
  if (auto ok = check_unserved(in); !ok) return ok;
  if (in.Metrics.empty() && !in.MetricName)
    return validation_error("Exactly one of MetricName and Metrics must be specified.");
  return in.Metrics.empty() ? check_single(in) : check_metrics(in, account);
}

Outcome<void> check_period(int period, int evaluation_periods) {
  if (period < 10 || (period % 60 != 0 && period != 10 && period != 20 && period != 30))
    return validation_error("Period must be 10, 20, 30 or a multiple of 60");
  const std::int64_t whole = std::int64_t{period} * evaluation_periods;
  if (period < decide::kHour_s && whole > decide::kDay_s) {
    return validation_error(
        "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= "
        "86400) for alarms using period < 3600");
  }
  if (whole > kWeek_s) {
    return validation_error(
        "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= "
        "604800) for alarms using period >= 3600");
  }
  return {};
}

Outcome<void> check_periods(const Input& in) {
  if (auto ok = required(in.EvaluationPeriods.has_value(), "EvaluationPeriods"); !ok) return ok;
  const int periods = *in.EvaluationPeriods;
  if (in.DatapointsToAlarm.value_or(1) > periods)
    return validation_error("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  if (in.Period) return check_period(*in.Period, periods);
  for (const auto& query : in.Metrics) {
    const int given = period_of_query(query), period = given == 0 ? decide::kMinute_s : given;
    if (auto ok = check_period(period, periods); !ok) return ok;
    if (!is_insights(query)) continue;
    if (auto ok = check_insights_period(period, periods); !ok) return ok;
  }
  return {};
}

Outcome<void> check_threshold(const Input& in) {
  if (auto ok = required(in.ComparisonOperator.has_value(), "ComparisonOperator"); !ok) return ok;
  if (compares_with_band(in) != in.ThresholdMetricId.has_value()) {
    return validation_error(
        in.ThresholdMetricId
            ? "ThresholdMetricId can be specified only with a comparison operator for anomaly "
              "detection."
            : "A comparison operator for anomaly detection needs ThresholdMetricId.");
  }
  if (in.ThresholdMetricId && in.Threshold)
    return validation_error("Threshold must not be specified together with ThresholdMetricId.");
  if (!in.ThresholdMetricId) {
    if (auto ok = required(in.Threshold.has_value(), "Threshold"); !ok) return ok;
    if (!std::isfinite(*in.Threshold))
      return validation_error("The value of the parameter Threshold is not a number.");
  }
  return {};
}

bool is_percentile(const std::string& statistic) { return statistic.starts_with('p'); }

Outcome<void> check_treatment(const Input& in) {
  static const std::set<std::string> kMissing{"breaching", "notBreaching", "ignore", "missing"};
  if (in.TreatMissingData && !kMissing.contains(*in.TreatMissingData)) {
    return validation_error(fmt::format(
        "The value {} is unsupported for parameter TreatMissingData; it must be breaching, "
        "notBreaching, ignore or missing.",
        *in.TreatMissingData));
  }
  const auto& low = in.EvaluateLowSampleCountPercentile;
  if (!low) return {};
  if (*low != "evaluate" && *low != "ignore") {
    return validation_error(fmt::format(
        "The value {} is unsupported for parameter EvaluateLowSampleCountPercentile; it must be "
        "evaluate or ignore.",
        *low));
  }
  if (!in.ExtendedStatistic || !is_percentile(*in.ExtendedStatistic)) {
    return validation_error(
        "Option EvaluateLowSampleCountPercentile is used for only percentile statistic.");
  }
  return {};
}

bool watches_instance(const Input& in) {
  return std::ranges::any_of(in.Dimensions, [](const auto& d) { return d.Name == "InstanceId"; });
}

Outcome<void> check_suppressor(const shape::PutCompositeAlarmInput& in) {
  const bool wait = in.ActionsSuppressorWaitPeriod.has_value();
  const bool extension = in.ActionsSuppressorExtensionPeriod.has_value();
  if (in.ActionsSuppressor && !(wait && extension)) {
    return validation_error(
        "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must be specified "
        "together with ActionsSuppressor.");
  }
  if (!in.ActionsSuppressor && (wait || extension)) {
    return validation_error(
        "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod can be specified only "
        "together with ActionsSuppressor.");
  }
  if (in.ActionsSuppressorWaitPeriod.value_or(0) < 0 ||
      in.ActionsSuppressorExtensionPeriod.value_or(0) < 0)
    return validation_error("The periods of ActionsSuppressor must not be negative.");
  return {};
}

// ---- evaluation

metrics::DataQuery::Stat stat_of(const std::string& region, const shape::Metric& metric, int period,
                                 const std::string& statistic,
                                 const std::optional<std::string>& unit) {
  metrics::DataQuery::Stat out;
  out.series = {
      region, metric.Namespace.value_or(""), metric.MetricName.value_or(""), {}, unit.value_or("")};
  for (const auto& d : metric.Dimensions) out.series.dimensions.push_back({d.Name, d.Value});
  std::ranges::sort(out.series.dimensions);
  out.period_s = period;
  out.statistic = statistic;
  return out;
}

metrics::DataQuery query_of(const std::string& region, const shape::MetricDataQuery& query) {
  metrics::DataQuery out;
  out.id = query.Id;
  if (query.MetricStat) {
    out.stat = stat_of(region, query.MetricStat->Metric, query.MetricStat->Period,
                       query.MetricStat->Stat, query.MetricStat->Unit);
  }
  out.expression = query.Expression.value_or("");
  out.period_s = query.Period.value_or(0);
  out.label = query.Label.value_or("");
  out.return_data = query.ReturnData.value_or(true);
  return out;
}

decide::MissingData missing_of(const Input& in) {
  const bool dynamo =
      in.Namespace == "AWS/DynamoDB" || std::ranges::any_of(in.Metrics, [](const auto& query) {
        return query.MetricStat && query.MetricStat->Metric.Namespace == "AWS/DynamoDB";
      });
  if (dynamo) return decide::MissingData::kIgnore;
  const auto text = in.TreatMissingData.value_or("missing");
  if (text == "ignore") return decide::MissingData::kIgnore;
  if (text == "breaching") return decide::MissingData::kBreaching;
  return text == "notBreaching" ? decide::MissingData::kNotBreaching
                                : decide::MissingData::kMissing;
}

decide::AlarmRule rule_of(const Input& in) {
  decide::AlarmRule rule;
  rule.comparison = *decide::parse_comparison(*in.ComparisonOperator);
  rule.threshold = in.Threshold.value_or(0);
  rule.evaluation_periods = *in.EvaluationPeriods;
  rule.datapoints_to_alarm = in.DatapointsToAlarm.value_or(*in.EvaluationPeriods);
  rule.m_of_n = in.DatapointsToAlarm.has_value();
  rule.missing = missing_of(in);
  rule.statistic = in.Statistic ? *in.Statistic : in.ExtendedStatistic.value_or("");
  rule.period_s = period_of(in);
  rule.ignore_low_samples = in.EvaluateLowSampleCountPercentile == "ignore";
  if (in.ExtendedStatistic && is_percentile(*in.ExtendedStatistic))
    rule.percentile = std::atof(in.ExtendedStatistic->c_str() + 1);
  return rule;
}

}  // namespace

Outcome<void> check_tags(const std::vector<shape::Tag>& tags) {
  std::set<std::string> keys;
  for (const auto& tag : tags) {
    if (tag.Key.starts_with("aws:"))
      return validation_error("Tag keys starting with aws: are reserved for AWS.");
    if (!keys.insert(tag.Key).second)
      return validation_error("The tag key " + tag.Key + " is given more than once.");
  }
  if (keys.size() > kMaxTags)
    return validation_error(fmt::format("An alarm can have at most {} tags.", kMaxTags));
  return {};
}

Outcome<void> check_metric_alarm(const room::Context& context, const Input& in,
                                 const AlarmActionKinds& kinds) {
  if (auto ok = check_name(in.AlarmName); !ok) return ok;
  if (auto ok = check_source(in, context.account); !ok) return ok;
  if (auto ok = check_periods(in); !ok) return ok;
  if (auto ok = check_threshold(in); !ok) return ok;
  if (auto ok = check_treatment(in); !ok) return ok;
  if (auto ok = check_tags(in.Tags); !ok) return ok;
  return check_actions(context, {&in.OKActions, &in.AlarmActions, &in.InsufficientDataActions},
                       kind_of(in), watches_instance(in), kinds);
}

Outcome<void> check_composite_alarm(const room::Context& context,
                                    const shape::PutCompositeAlarmInput& in,
                                    const AlarmActionKinds& kinds) {
  if (auto ok = check_name(in.AlarmName); !ok) return ok;
  const auto is_blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  if (in.AlarmRule.empty() || is_blank(in.AlarmRule.front()) || is_blank(in.AlarmRule.back())) {
    return validation_error("AlarmRule must not contain leading or trailing whitespace or be null");
  }
  if (auto ok = check_suppressor(in); !ok) return ok;
  if (auto ok = check_tags(in.Tags); !ok) return ok;
  return check_actions(context, {&in.OKActions, &in.AlarmActions, &in.InsufficientDataActions},
                       AlarmKind::kComposite, false, kinds);
}

int period_of(const Input& in) {
  if (in.Period) return *in.Period;
  int longest = 0;
  for (const auto& query : in.Metrics) longest = std::max(longest, period_of_query(query));
  return longest == 0 ? decide::kMinute_s : longest;
}

bool uses_insights(const Input& in) { return std::ranges::any_of(in.Metrics, is_insights); }

bool watches_groups(const Input& in) { return std::ranges::any_of(in.Metrics, gives_groups); }

AlarmPlan plan_of(const std::string& key, const Input& in) {
  AlarmPlan plan;
  plan.key = key;
  plan.region = key.substr(0, key.find('/'));
  plan.rule = rule_of(in);
  plan.band = in.ThresholdMetricId.value_or("");
  plan.on_groups = watches_groups(in);
  if (in.MetricName) {
    const shape::Metric metric{in.Namespace, in.MetricName, in.Dimensions};
    metrics::DataQuery query;
    query.id = plan.watched = "m1";
    query.stat = stat_of(plan.region, metric, *in.Period, plan.rule.statistic, in.Unit);
    plan.queries.push_back(std::move(query));
    return plan;
  }
  for (const auto& query : in.Metrics) {
    plan.queries.push_back(query_of(plan.region, query));
    if (query.ReturnData.value_or(true) && query.Id != plan.band) plan.watched = query.Id;
  }
  return plan;
}

}  // namespace seatrial::services::cloudwatch

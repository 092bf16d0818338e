// Source: alarms as exported from AWS and shown in public: 3 periods of a
// minute above the target, 15 below nine tenths of it.
#include "services/application_autoscaling/tracking_alarms.h"

#include <algorithm>

namespace seatrial::services::application_autoscaling {
namespace {

constexpr int kPeriodSeconds = 60, kHighPeriods = 3, kLowPeriods = 15;
constexpr double kLowPart = 0.9;

constexpr std::string_view kRequests = "ALBRequestCountPerTarget";

// "app/NAME/ID/targetgroup/NAME/ID": the load balancer's part and the target group's; empty when
// the label is not made so.
struct Label {
  std::string balancer, group;
};
std::optional<Label> parse_label(const std::string& text) {
  constexpr std::string_view kGroup = "/targetgroup/";
  const auto middle = text.find(kGroup);
  if (!text.starts_with("app/") || middle == text.npos) return std::nullopt;
  Label label{text.substr(0, middle), text.substr(middle + 1)};
  const auto three_parts = [](const std::string& part) {
    return std::ranges::count(part, '/') == 2 && part.find("//") == part.npos &&
           !part.ends_with('/');
  };
  if (!three_parts(label.balancer) || !three_parts(label.group)) return std::nullopt;
  return label;
}

// As shown by alarms that AWS has made of such policies.
Object requests_of(const Label& label) {
  return Object{{"Namespace", "AWS/ApplicationELB"},
                {"MetricName", "RequestCountPerTarget"},
                {"Statistic", "Sum"},
                {"Dimensions", Array{Object{{"Name", "TargetGroup"}, {"Value", label.group}},
                                     Object{{"Name", "LoadBalancer"}, {"Value", label.balancer}}}}};
}

// Predefined metrics of AWS/ECS.
std::string predefined_metric(std::string_view type) {
  if (type == "ECSServiceAverageCPUUtilization") return "CPUUtilization";
  if (type == "ECSServiceAverageMemoryUtilization") return "MemoryUtilization";
  return {};
}

Object metric_of(const shape::TargetTrackingScalingPolicyConfiguration& configuration,
                 const ServiceName& service) {
  if (const auto& given = configuration.PredefinedMetricSpecification) {
    if (given->PredefinedMetricType == kRequests)
      return requests_of(*parse_label(*given->ResourceLabel));
    return Object{
        {"Namespace", "AWS/ECS"},
        {"MetricName", predefined_metric(given->PredefinedMetricType)},
        {"Statistic", "Average"},
        {"Unit", "Percent"},
        {"Dimensions", Array{Object{{"Name", "ClusterName"}, {"Value", service.cluster}},
                             Object{{"Name", "ServiceName"}, {"Value", service.service}}}}};
  }
  const auto& own = *configuration.CustomizedMetricSpecification;
  Object out{{"Namespace", own.Namespace.value_or("")},
             {"MetricName", own.MetricName.value_or("")},
             {"Statistic", own.Statistic.value_or("Average")}};
  if (own.Unit) out["Unit"] = *own.Unit;
  Array dimensions;
  for (const auto& one : own.Dimensions)
    dimensions.push_back(Object{{"Name", one.Name}, {"Value", one.Value}});
  if (!dimensions.empty()) out["Dimensions"] = std::move(dimensions);
  return out;
}

}  // namespace

std::string metric_problem(const shape::TargetTrackingScalingPolicyConfiguration& given) {
  const auto& predefined = given.PredefinedMetricSpecification;
  const auto& own = given.CustomizedMetricSpecification;
  if (predefined.has_value() == own.has_value())
    return "exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is "
           "needed";
  const bool requests = predefined && predefined->PredefinedMetricType == kRequests;
  if (requests && !parse_label(predefined->ResourceLabel.value_or("")))
    return "ALBRequestCountPerTarget needs a ResourceLabel as "
           "app/LOAD-BALANCER/ID/targetgroup/TARGET-GROUP/ID";
  if (predefined && !requests && predefined_metric(predefined->PredefinedMetricType).empty())
    return "Seatrial does not serve the predefined metric " + predefined->PredefinedMetricType +
           " yet; nothing was done";
  if (predefined && !requests && predefined->ResourceLabel)
    return "ResourceLabel is for ALBRequestCountPerTarget only";
  if (own && !own->Metrics.empty())
    return "Seatrial does not serve Metrics (metric math) of a target tracking policy yet; "
           "nothing was done";
  if (own && (!own->Namespace || !own->MetricName || !own->Statistic))
    return "a customized metric needs Namespace, MetricName and Statistic";
  return {};
}

std::string alarm_name(const std::string& resource_id, const char* which, const std::string& uuid) {
  return "TargetTracking-" + resource_id + "-" + which + "-" + uuid;
}

AlarmPair tracking_alarms(const PolicyRecord& record, const ServiceName& service) {
  const auto& configuration = *record.policy.TargetTrackingScalingPolicyConfiguration;
  Object high = metric_of(configuration, service);
  high["Period"] = kPeriodSeconds;
  high["TreatMissingData"] = "missing";
  high["ActionsEnabled"] = true;
  high["AlarmActions"] = Array{Value(record.policy.PolicyARN)};
  high["AlarmDescription"] =
      "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + record.policy.PolicyARN + ".";
  Object low = high;
  high["AlarmName"] = record.high_alarm;
  high["EvaluationPeriods"] = kHighPeriods;
  high["ComparisonOperator"] = "GreaterThanThreshold";
  high["Threshold"] = configuration.TargetValue;
  low["AlarmName"] = record.low_alarm;
  low["EvaluationPeriods"] = kLowPeriods;
  low["ComparisonOperator"] = "LessThanThreshold";
  low["Threshold"] = configuration.TargetValue * kLowPart;
  return {Value(std::move(high)), Value(std::move(low))};
}

}  // namespace seatrial::services::application_autoscaling

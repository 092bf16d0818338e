// See metrics.h.
#include "runbook/check/reading/metrics.h"

#include <algorithm>
#include <array>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using Part = MetricProblem::Part;

// Calls visit(item) for each item of a separated list until it says true; whether it did.
template <class F>
bool any_of_list(std::string_view list, char separator, F&& visit) {
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    if (end > 0 && visit(list.substr(0, end))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool holds(std::string_view list, char separator, std::string_view wanted) {
  return any_of_list(list, separator, [&](std::string_view item) { return item == wanted; });
}

// Names that people write for a metric or namespace that is called otherwise.
struct KnownMetric {
  std::string_view name_space;
  std::string_view metric;  // empty: the namespace itself is meant
  std::string_view instead;
};
constexpr std::array kOtherwise = {
    KnownMetric{"AWS/ALB", "", "AWS/ApplicationELB"},
    KnownMetric{"AWS/APIGateway", "", "AWS/ApiGateway"},
    KnownMetric{"AWS/AutoScalingGroup", "", "AWS/AutoScaling"},
    KnownMetric{"AWS/Aurora", "", "AWS/RDS"},
    KnownMetric{"AWS/CloudWatchLogs", "", "AWS/Logs"},
    KnownMetric{"AWS/ECS/ContainerInsights", "", "ECS/ContainerInsights"},
    KnownMetric{"AWS/ELBV2", "", "AWS/ApplicationELB"},
    KnownMetric{"AWS/ELBv2", "", "AWS/ApplicationELB"},
    KnownMetric{"AWS/EventBridge", "", "AWS/Events"},
    KnownMetric{"AWS/NLB", "", "AWS/NetworkELB"},
    KnownMetric{"AWS/StepFunctions", "", "AWS/States"},
    KnownMetric{"AWS/ApplicationELB", "Latency", "TargetResponseTime"},
    KnownMetric{"AWS/ApplicationELB", "HTTPCode_Backend_5XX", "HTTPCode_Target_5XX_Count"},
    KnownMetric{"AWS/ApplicationELB", "5XXError", "HTTPCode_Target_5XX_Count"},
    KnownMetric{"AWS/EC2", "DiskSpaceUtilization",
                "disk_used_percent of the CloudWatch agent (CWAgent)"},
    KnownMetric{"AWS/EC2", "MemoryUtilization",
                "mem_used_percent of the CloudWatch agent (CWAgent)"},
    KnownMetric{"AWS/ElastiCache", "MemoryUtilization", "DatabaseMemoryUsagePercentage"},
    KnownMetric{"AWS/Lambda", "MemoryUtilization", "memory_utilization of LambdaInsights"},
    KnownMetric{"AWS/RDS", "MemoryUtilization", "FreeableMemory"},
    KnownMetric{"AWS/RDS", "StorageUtilization", "FreeStorageSpace"},
};

const MetricNamespace* find_namespace(std::string_view name) {
  const auto all = metric_namespaces();
  const auto found = std::ranges::lower_bound(all, name, {}, &MetricNamespace::name);
  return found == all.end() || found->name != name ? nullptr : &*found;
}

const MetricGroup* group_of(const MetricNamespace& space, std::string_view metric) {
  for (const auto& group : space.groups)
    if (holds(group.metrics, ' ', metric)) return &group;
  return nullptr;
}

std::string_view called_otherwise(std::string_view name_space, std::string_view metric) {
  const auto found = std::ranges::find_if(kOtherwise, [&](const KnownMetric& known) {
    return known.name_space == name_space && known.metric == metric;
  });
  return found == kOtherwise.end() ? std::string_view() : found->instead;
}

// The listed name that this one is a slip of: another case, or a few letters.
std::string slip_of(std::string_view name, std::string_view list) {
  const auto wanted = lower(name);
  std::string best;
  std::size_t distance = name.size() >= 8 ? 3 : name.size() >= 5 ? 2 : 1;
  any_of_list(list, ' ', [&](std::string_view item) {
    const auto d = lower(item) == wanted ? 0 : edit_distance(wanted, lower(item));
    if (d < distance) best = item, distance = d;
    return d == 0;
  });
  return best;
}

std::vector<MetricProblem> judge_namespace(const std::string& name) {
  std::string instead(called_otherwise(name, ""));
  if (instead.empty())
    for (const auto& space : metric_namespaces())
      if (lower(space.name) == lower(name)) instead = space.name;
  if (instead.empty()) return {};
  return {{Part::kNamespace, 0, fmt::format("AWS publishes nothing in {}", name), instead,
           Severity::kError}};
}

std::string slip_of_metric(const MetricNamespace& space, std::string_view metric) {
  for (const auto& group : space.groups)
    if (auto slip = slip_of(metric, group.metrics); !slip.empty()) return slip;
  return {};
}

MetricProblem unknown_metric(const MetricNamespace& space, const std::string& metric) {
  MetricProblem problem{Part::kMetric, 0, fmt::format("{} has no metric {}", space.name, metric),
                        "", Severity::kError};
  problem.suggestion = called_otherwise(space.name, metric);
  if (problem.suggestion.empty()) problem.suggestion = slip_of_metric(space, metric);
  if (!problem.suggestion.empty()) return problem;
  for (const auto& other : metric_namespaces())
    if (group_of(other, metric) != nullptr) {
      problem.message += fmt::format(", {} has", other.name);
      return problem;
    }
  problem.severity = Severity::kWarning;
  problem.message = fmt::format("AWS documents no metric {} in {}", metric, space.name);
  return problem;
}

// The dimension that a name like "LoadBalancerName" or "DBInstanceId" stands for.
std::string dimension_meant(const MetricNamespace& space, std::string_view name) {
  auto meant = slip_of(name, space.dimensions);
  if (!meant.empty()) return meant;
  const auto given = lower(name);
  any_of_list(space.dimensions, ' ', [&](std::string_view item) {
    const auto known = lower(item);
    if (given.size() >= 5 && (known.starts_with(given) || given.starts_with(known))) meant = item;
    return !meant.empty();
  });
  return meant;
}

void judge_names(const MetricNamespace& space, const AskedMetric& asked,
                 std::vector<MetricProblem>& problems) {
  for (std::size_t i = 0; i < asked.dimensions.size(); ++i) {
    const auto& name = asked.dimensions[i].name;
    if (name.empty() || holds(space.dimensions, ' ', name)) continue;
    auto meant = dimension_meant(space, name);
    if (meant.empty() && !space.complete) continue;
    const auto severity = meant.empty() ? Severity::kWarning : Severity::kError;
    problems.push_back({Part::kDimensionName, i,
                        fmt::format("the metrics of {} have no dimension {}", space.name, name),
                        std::move(meant), severity});
  }
}

bool has_dimension(const AskedMetric& asked, std::string_view name) {
  return std::ranges::find(asked.dimensions, name, &AskedMetric::Dimension::name) !=
         asked.dimensions.end();
}

// Whether the dimensions hold all of a set ("A,B"; "-" is the empty one), and are as many.
bool covers(const AskedMetric& asked, std::string_view set, bool exactly) {
  std::size_t count = 0;
  const bool lacks = set != "-" && any_of_list(set, ',', [&](std::string_view name) {
                       return ++count, !has_dimension(asked, name);
                     });
  return !lacks && (!exactly || count == asked.dimensions.size());
}

std::string readable(std::string_view sets) {
  std::string out;
  any_of_list(sets, ';', [&](std::string_view set) {
    if (!out.empty()) out += ", or with ";
    if (set == "-") {
      out += "none";
    } else {
      for (char c : set) out += c == ',' ? std::string(" and ") : std::string(1, c);
    }
    return false;
  });
  return out;
}

void judge_set(const MetricNamespace& space, const MetricGroup& group, const AskedMetric& asked,
               std::vector<MetricProblem>& problems) {
  if (group.match == Match::kAny || !asked.all_dimensions) return;
  const bool unknown = std::ranges::any_of(
      asked.dimensions, [](const auto& dimension) { return dimension.name.empty(); });
  if (unknown) return;
  const bool exactly = group.match == Match::kExactly;
  const bool covered = any_of_list(
      group.sets, ';', [&](std::string_view set) { return covers(asked, set, exactly); });
  if (covered == (group.match != Match::kNever)) return;
  const auto how = group.match == Match::kNever ? "without" : "with";
  problems.push_back({Part::kDimensions, 0,
                      fmt::format("{} publishes {} only {} {}", space.name, asked.metric, how,
                                  readable(group.sets)),
                      "", Severity::kError});
}

// Dimensions whose value is the last part of an ARN, and what stands before it there.
struct ValueForm {
  std::string_view name_space;
  std::string_view dimension;
  std::string_view behind;  // of an ARN: the value is what follows
  std::string_view begins;  // with one of these, comma-separated
};
constexpr std::array kForms = {
    ValueForm{"AWS/ApplicationELB", "LoadBalancer", ":loadbalancer/", "app/"},
    ValueForm{"AWS/ApplicationELB", "TargetGroup", ":", "targetgroup/"},
    ValueForm{"AWS/NetworkELB", "LoadBalancer", ":loadbalancer/", "net/"},
    ValueForm{"AWS/NetworkELB", "TargetGroup", ":", "targetgroup/"},
    ValueForm{"AWS/NATGateway", "NatGatewayId", "/", "nat-"},
    ValueForm{"AWS/EBS", "VolumeId", "/", "vol-"},
    ValueForm{"AWS/EC2", "InstanceId", "/", "i-"},
    ValueForm{"AWS/CloudFront", "Region", "", "Global"},
};

bool begins_with_any(std::string_view value, std::string_view beginnings) {
  return any_of_list(beginnings, ',', [&](std::string_view b) { return value.starts_with(b); });
}

// Words for something to be filled in are the business of another rule.
bool is_filled_in(std::string_view value) {
  if (value.empty() || value.find_first_of("<>{}$\x01*") != std::string_view::npos) return false;
  const auto lowered = lower(value);
  return !lowered.contains("xxx") && !lowered.contains("your") && !lowered.contains("...");
}

// The value that an ARN stands for: behind the form's mark, else its last part.
std::string value_in_arn(std::string_view arn, const ValueForm* form) {
  const std::string_view mark = form == nullptr || form->behind.empty() ? ":" : form->behind;
  auto at = arn.rfind(mark);
  if (at == std::string_view::npos) return {};
  auto value = arn.substr(at + mark.size());
  if (form == nullptr) value = value.substr(value.find_last_of('/') + 1);
  return std::string(value);
}

void judge_dimension(const MetricNamespace& space, const AskedMetric& asked, std::size_t index,
                     std::vector<MetricProblem>& problems) {
  const auto& [name, value] = asked.dimensions[index];
  if (!is_filled_in(value)) return;
  const auto* form = std::ranges::find_if(kForms, [&, &n = name](const ValueForm& one) {
    return one.name_space == space.name && one.dimension == n;
  });
  const auto* known = form == kForms.end() ? nullptr : form;
  const bool takes_arn = name.ends_with("Arn") || name == "Resource" || name == "ServiceName";
  if (value.starts_with("arn:") && !takes_arn) {
    problems.push_back({Part::kDimensionValue, index,
                        fmt::format("the dimension {} takes no ARN", name),
                        value_in_arn(value, known), Severity::kError});
    return;
  }
  if (known == nullptr || begins_with_any(value, known->begins)) return;
  const bool load_balancer = name == "LoadBalancer" || name == "TargetGroup";
  problems.push_back({Part::kDimensionValue, index,
                      fmt::format("the dimension {} begins with {}", name, known->begins),
                      load_balancer
                          ? fmt::format("{}{}/ID, the end of its ARN", known->begins, value)
                          : std::string(),
                      Severity::kError});
}

}  // namespace

std::vector<MetricProblem> judge_metric(const AskedMetric& asked) {
  if (asked.name_space.empty()) return {};
  const auto* space = find_namespace(asked.name_space);
  if (space == nullptr) return judge_namespace(asked.name_space);
  std::vector<MetricProblem> problems;
  const auto* group = asked.metric.empty() ? nullptr : group_of(*space, asked.metric);
  if (!asked.metric.empty() && group == nullptr) return {unknown_metric(*space, asked.metric)};
  judge_names(*space, asked, problems);
  if (problems.empty() && group != nullptr) judge_set(*space, *group, asked, problems);
  for (std::size_t i = 0; i < asked.dimensions.size(); ++i)
    judge_dimension(*space, asked, i, problems);
  return problems;
}

}  // namespace seatrial::runbook::check

// The schema of a dashboard's body: a tree of rules per widget type, and what lies across them
// (data sources of a metric widget, times that belong together, limits of the whole).
#include <fmt/format.h>

#include "decide/dashboard/rules.h"
#include "decide/dashboard/widget_rules.h"

namespace seatrial::decide::dashboard {
namespace {

constexpr std::int64_t kAnyRow = 1'000'000;  // guess: CloudWatch names no lowest row
constexpr std::size_t kManyEntries = 1000;   // of lists whose limit is not documented

Rule metric_properties() {
  return object(
      {.known = {
           {"accountId", pattern("^\\d{12}$", is_account)},
           {"annotations", annotations()},
           {"end", pattern("date-time", is_time)},
           {"labels", object({.known = {{"visible", boolean()}}})},
           {"legend", object({.known = {{"position", one_of({"right", "bottom", "hidden"})}}})},
           {"liveData", boolean()},
           {"metrics", check_rows},
           {"period", period()},
           {"region", text()},
           {"setPeriodToTimeRange", boolean()},
           {"singleValueFullPrecision", boolean()},
           {"sparkline", boolean()},
           {"stacked", boolean()},
           {"start", pattern("date-time", is_time)},
           {"stat", pattern("statistic", is_statistic)},
           {"table", anything()},
           {"timezone", pattern("^[+-]\\d{4}$", is_time_zone)},
           {"title", text()},
           {"trend", boolean()},
           {"view", one_of({"timeSeries", "singleValue", "gauge", "bar", "pie", "table"})},
           {"yAxis", axes()},
       }});
}

bool has_alarm(const Value& properties) {
  const Value* annotations = find_member(properties, "annotations");
  return annotations != nullptr && find_member(*annotations, "alarms") != nullptr;
}

// The three messages come together (aws-eda-slurm-cluster issue 116).
void check_source(const Value& properties, const std::string& path, Verdict& verdict) {
  if (!properties.is_object() || has_alarm(properties)) return;
  bool complete = true;
  for (const char* name : {"metrics", "region"}) {
    if (find_member(properties, name) != nullptr) continue;
    verdict.error(path, fmt::format("Should have required property '{}'", name));
    complete = false;
  }
  if (complete) return;
  verdict.error(path,
                "The metric widget should have specified a region and a data source or an alarm "
                "annotation");
  if (find_member(properties, "annotations") == nullptr) {
    verdict.error(path, "Should have required property 'annotations'");
  }
}

// A gauge needs the ends of its scale. guess: the words.
void check_gauge(const Value& properties, const std::string& path, Verdict& verdict) {
  if (text_member(properties, "view") != "gauge") return;
  const Value* axes = find_member(properties, "yAxis");
  const Value* left = axes == nullptr ? nullptr : find_member(*axes, "left");
  for (const char* name : {"min", "max"}) {
    if (left == nullptr || find_member(*left, name) == nullptr) {
      verdict.error(path + "/yAxis/left", fmt::format("Should have required property '{}'", name));
    }
  }
}

void check_metric_widget(const Value& properties, const std::string& path, Verdict& verdict) {
  static const Rule kProperties = metric_properties();
  check_source(properties, path, verdict);
  kProperties(properties, path, verdict);
  check_gauge(properties, path, verdict);
}

Rule log_properties() {
  return object({.known = {{"accountId", pattern("^\\d{12}$", is_account)},
                           {"logGroupPrefixes", anything()},
                           {"query", text()},
                           {"queryBy", text()},
                           {"queryLanguage", one_of({"CWLI", "SQL", "PPL"})},
                           {"region", text()},
                           {"stacked", boolean()},
                           {"title", text()},
                           {"view", one_of({"table", "timeSeries", "bar", "pie"})}},
                 .required = {"query", "region"}});
}

Rule alarm_properties() {
  return object({.known = {{"alarms", list(pattern("^arn:", is_arn), 1, kMaxAlarmsOfWidget)},
                           {"sortBy", one_of({"default", "stateUpdatedTimestamp", "timestamp"})},
                           {"states", list(one_of({"ALARM", "INSUFFICIENT_DATA", "OK"}), 1, 3)},
                           {"title", text()}},
                 .required = {"alarms"}});
}

Rule explorer_properties() {
  const Rule pair = object({.known = {{"key", text()}, {"value", text()}}, .required = {"key"}});
  const Rule metric = object({.known = {{"metricName", text()},
                                        {"resourceType", text()},
                                        {"stat", pattern("statistic", is_statistic)}},
                              .required = {"metricName", "resourceType", "stat"}});
  return object({.known = {{"aggregateBy", object({.known = {{"func", text()}, {"key", text()}}})},
                           {"labels", list(pair, 1, kManyEntries)},
                           {"metrics", list(metric, 1, kMaxMetricsOfWidget)},
                           {"period", period()},
                           {"region", text()},
                           {"splitBy", text()},
                           {"title", text()},
                           {"widgetOptions", anything()}},
                 .required = {"labels", "metrics"}});
}

Rule custom_properties() {
  const Rule update_on =
      object({.known = {{"refresh", boolean()}, {"resize", boolean()}, {"timeRange", boolean()}}});
  return object({.known = {{"endpoint", pattern("^arn:", is_arn)},
                           {"params", anything()},
                           {"title", text()},
                           {"updateOn", update_on}},
                 .required = {"endpoint"}});
}

// Each type's rule for `properties`; a chart's (PromQL and the like) is kept and not looked into.
const std::map<std::string, Rule, std::less<>>& widget_types() {
  static const std::map<std::string, Rule, std::less<>> kTypes = {
      {"alarm", alarm_properties()},
      {"chart", object({.known = {{"data", anything()}}})},
      {"custom", custom_properties()},
      {"explorer", explorer_properties()},
      {"log", log_properties()},
      {"metric", check_metric_widget},
      {"text",
       object({.known = {{"background", one_of({"solid", "transparent"})}, {"markdown", text()}},
               .required = {"markdown"}})},
  };
  return kTypes;
}

Rule widget_frame() {
  std::vector<std::string> types;
  for (const auto& [name, rule] : widget_types()) types.push_back(name);
  return object({.known = {{"height", integer(1, kMaxHeight)},
                           {"properties", anything()},
                           {"type", one_of(types)},
                           {"width", integer(1, kGridWidth)},
                           {"x", integer(0, kGridWidth - 1)},
                           {"y", integer(0, kAnyRow)}},
                 .required = {"type", "properties"}});
}

void check_widget(const Value& widget, const std::string& path, Verdict& verdict) {
  static const Rule kFrame = widget_frame();
  kFrame(widget, path, verdict);
  const Value* properties = find_member(widget, "properties");
  const auto type = widget_types().find(text_member(widget, "type"));
  if (properties == nullptr || type == widget_types().end()) return;
  type->second(*properties, path + "/properties", verdict);
}

void check_variable(const Value& variable, const std::string& path, Verdict& verdict) {
  static const Rule kFrame =
      object({.known = {{"defaultValue", text()},
                        {"id", text()},
                        {"inputType", one_of({"input", "radio", "select"})},
                        {"label", text()},
                        {"pattern", text()},
                        {"populateFrom", text()},
                        {"property", text()},
                        {"search", text()},
                        {"type", one_of({"pattern", "property"})},
                        {"values", list(object({.known = {{"label", text()}, {"value", text()}},
                                                .required = {"value"}}),
                                        0, kManyEntries)},
                        {"visible", boolean()}},
              .required = {"type", "id", "inputType"}});
  kFrame(variable, path, verdict);
  const auto type = text_member(variable, "type");
  if ((type == "pattern" || type == "property") && find_member(variable, type) == nullptr) {
    verdict.error(path, fmt::format("Should have required property '{}'", type));
  }
  const auto input = text_member(variable, "inputType");
  if ((input == "radio" || input == "select") && find_member(variable, "values") == nullptr &&
      find_member(variable, "search") == nullptr) {
    verdict.error(path, "Should have required property 'values'");
  }
}

// guess: that these are warnings; CloudWatch accepts an end without a start and ignores it
// (aws-cdk pull request 27124).
void check_times(const Value& body, Verdict& verdict) {
  if (find_member(body, "end") != nullptr && find_member(body, "start") == nullptr) {
    verdict.warn("/end", "The \"end\" property needs a \"start\", will be ignored");
  }
}

// guess: the words.
void check_total(const Value& body, Verdict& verdict) {
  const Value* widgets = find_member(body, "widgets");
  if (widgets == nullptr || !widgets->is_array()) return;
  std::size_t total = 0;
  for (const Value& widget : widgets->get_array()) {
    const Value* properties = find_member(widget, "properties");
    const Value* metrics = properties == nullptr ? nullptr : find_member(*properties, "metrics");
    if (metrics != nullptr && metrics->is_array()) total += metrics->get_array().size();
  }
  if (total > kMaxMetrics) {
    verdict.error("/widgets",
                  fmt::format("Should NOT have more than {} metrics, has {}", kMaxMetrics, total));
  }
}

}  // namespace

void Verdict::error(std::string path, std::string text) {
  if (errors.size() < kMaxMessages) errors.push_back({std::move(path), std::move(text)});
}

void Verdict::warn(std::string path, std::string text) {
  if (warnings.size() < kMaxMessages) warnings.push_back({std::move(path), std::move(text)});
}

Verdict check_dashboard(const Value& body) {
  static const Rule kBody = object({.known = {{"end", pattern("date-time", is_time)},
                                              {"periodOverride", one_of({"auto", "inherit"})},
                                              {"start", pattern("date-time", is_time)},
                                              {"variables", list(check_variable, 0, kMaxVariables)},
                                              {"widgets", list(check_widget, 0, kMaxWidgets)}},
                                    .required = {"widgets"}});
  Verdict verdict;
  kBody(body, "", verdict);
  check_times(body, verdict);
  check_total(body, verdict);
  return verdict;
}

// The form is AWS's: JSON indented by two, under a line that counts.
std::string refusal(const Verdict& verdict, std::string_view what) {
  Array list;
  for (const auto& [path, text] : verdict.errors) {
    list.push_back(Object{{"dataPath", path}, {"message", text}});
  }
  return fmt::format("The {} is invalid, there are {} validation errors:\n{}", what,
                     verdict.errors.size(), to_pretty_json(list, 2));
}

}  // namespace seatrial::decide::dashboard

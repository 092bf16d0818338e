// The body of a CloudWatch dashboard, checked as PutDashboard checks it, and the shorthand of its
// metric widgets written out. Pure: alarms, metrics and log groups it names are not looked up, as
// CloudWatch does not either.
//
//   check_dashboard  rules of the whole body (body.cc over rules.cc)
//   expand_rows      metric_rows.cc: ["AWS/EC2", "CPUUtilization", "InstanceId", "i-1"],
//                    [".", "NetworkIn", ".", "."], ["...", "i-2", {"stat": "p99"}]
// Source: CloudWatch API reference, "Dashboard Body Structure and Syntax"; messages as users of
// AWS quote them in public issues (aws-cdk 5026, 31066; pulumi 13059), cited at each.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/value.h"

namespace seatrial::decide::dashboard {

inline constexpr std::size_t kMaxWidgets = 500;
inline constexpr std::size_t kMaxVariables = 25;
inline constexpr std::size_t kMaxMetricsOfWidget = 500;
inline constexpr std::size_t kMaxMetrics = 2500;  // of a dashboard
inline constexpr std::size_t kMaxMetricsOfImage = 100;
inline constexpr std::size_t kMaxAlarmsOfWidget = 100;
inline constexpr int kGridWidth = 24;
inline constexpr int kMaxHeight = 1000;
// guess: messages of one verdict; a body of a megabyte of wrong rows has no use for more.
inline constexpr std::size_t kMaxMessages = 500;

struct Message {
  std::string path;  // JSON pointer of what it is about; empty: the whole body
  std::string text;
};

struct Verdict {
  std::vector<Message> errors;    // the dashboard is refused
  std::vector<Message> warnings;  // it is kept; something in it may not show

  void error(std::string path, std::string text);
  void warn(std::string path, std::string text);
};

Verdict check_dashboard(const Value& body);
// The parameter of GetMetricWidgetImage; nothing in it is a warning.
Verdict check_metric_widget(const Value& widget);

// The message of a refused PutDashboard, which lists the errors as JSON.
std::string refusal(const Verdict& verdict, std::string_view what = "dashboard body");

// One line of a metric widget, with nothing left to look up above it.
struct MetricRow {
  std::string name_space, name;  // empty: an expression
  std::vector<std::pair<std::string, std::string>> dimensions;
  std::string expression;
  std::string id, label, color, stat, region, account;  // empty: not given
  std::optional<int> period_s;
  bool visible = true;
  bool right_axis = false;
};

// Notes in `verdict` what is wrong with a widget's `metrics`; `path` is where they stand.
void check_rows(const Value& rows, const std::string& path, Verdict& verdict);
// Rows that check_rows finds nothing wrong with, expanded; in order.
std::vector<MetricRow> expand_rows(const Array& rows);

}  // namespace seatrial::decide::dashboard

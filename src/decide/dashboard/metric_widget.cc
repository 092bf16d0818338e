// The MetricWidget of GetMetricWidgetImage: one metric widget, without the frame of a dashboard and
// with a size in pixels.
//
// What a dashboard keeps although nothing shows it would be a wrong picture here: a property that
// is not known is an error, not a warning. Source: CloudWatch API reference, "GetMetricWidgetImage:
// Metric Widget Structure and Syntax".
#include <fmt/format.h>

#include "decide/dashboard/widget_rules.h"

namespace seatrial::decide::dashboard {
namespace {

constexpr int kMaxPixels = 2000;

Rule rows_of_image() {
  return [](const Value& value, const std::string& path, Verdict& verdict) {
    const auto* rows = value.if_array();
    if (rows != nullptr && rows->empty()) {
      return verdict.error(path, "Should NOT have less than 1 items");
    }
    if (rows != nullptr && rows->size() > kMaxMetricsOfImage) {
      return verdict.error(path,
                           fmt::format("Should NOT have more than {} items", kMaxMetricsOfImage));
    }
    check_rows(value, path, verdict);
  };
}

}  // namespace

Verdict check_metric_widget(const Value& widget) {
  static const Rule kWidget = object(
      {.known =
           {
               {"accountId", pattern("^\\d{12}$", is_account)},
               {"annotations", annotations()},
               {"end", pattern("date-time", is_time)},
               {"height", integer(1, kMaxPixels)},
               {"labels", object({.known = {{"visible", boolean()}}, .strict = true})},
               {"legend", object({.known = {{"position", one_of({"right", "bottom", "hidden"})}},
                                  .strict = true})},
               {"liveData", boolean()},
               {"metrics", rows_of_image()},
               {"period", period()},
               {"region", text()},
               {"setPeriodToTimeRange", boolean()},
               {"singleValueFullPrecision", boolean()},
               {"sparkline", boolean()},
               {"stacked", boolean()},
               {"start", pattern("date-time", is_time)},
               {"stat", pattern("statistic", is_statistic)},
               {"theme", one_of({"light", "dark"})},
               {"timezone", pattern("^[+-]\\d{4}$", is_time_zone)},
               {"title", text()},
               {"trend", boolean()},
               {"view", one_of({"timeSeries", "singleValue", "gauge", "bar", "pie", "table"})},
               {"width", integer(1, kMaxPixels)},
               {"yAxis", axes()},
           },
       .strict = true});
  Verdict verdict;
  kWidget(widget, "", verdict);
  return verdict;
}

}  // namespace seatrial::decide::dashboard

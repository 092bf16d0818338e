// A MetricWidget read: the questions to ask of the metrics, and the chart to put the answers into.
// Pure but for the context it is given (time, region, account).
#pragma once
#include <functional>
#include <map>

#include "drivers/chart/chart.h"
#include "metrics/data_query.h"
#include "model/shapes/cloudwatch.h"
#include "room/room.h"

namespace seatrial::services::cloudwatch {

struct WidgetImage {
  struct Look {  // of the series that a query gives
    std::optional<drivers::chart::Color> color;
    bool right_axis = false;
  };
  std::string region;
  std::vector<metrics::DataQuery> queries;
  std::map<std::string, Look> looks;  // by query id
  drivers::chart::Chart chart;        // all but its series
};

// The metric alarm of an ARN; null when it is none of this account.
using AlarmLookup =
    std::function<const aws::cloudwatch::PutMetricAlarmInput*(std::string_view arn)>;

// `widget` is the parameter's text. Refused in the words of a schema checker, or by the name of
// what cannot be drawn.
room::Outcome<WidgetImage> read_widget(const room::Context& context, std::string_view widget,
                                       const AlarmLookup& alarm_of);

// The answers as the chart's series, coloured.
void add_series(WidgetImage& image, const std::vector<metrics::DataResult>& results);

}  // namespace seatrial::services::cloudwatch

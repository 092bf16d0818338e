// GetMetricWidgetImage: a metric widget as a PNG, drawn from what is measured here. It never shows
// what was not asked of the metrics, and what it cannot draw it refuses by name.
// Source: API_GetMetricWidgetImage. Drawing takes milliseconds (2,000 by 2,000 pixels: under 200)
// on the control thread; AWS limits the operation to 20 a second.
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"
#include "services/cloudwatch/widget_image.h"

namespace seatrial::services::cloudwatch {

room::Outcome<aws::cloudwatch::GetMetricWidgetImageOutput> CloudWatch::get_metric_widget_image(
    room::Context& context, const aws::cloudwatch::GetMetricWidgetImageInput& request) {
  const std::string format = request.OutputFormat.value_or("png");
  if (format == "image/png") {
    return invalid_value(
        "Seatrial does not answer with a bare image (OutputFormat image/png) yet; png gives the "
        "same picture.");
  }
  if (format != "png") {
    return invalid_value("The value " + format + " for parameter OutputFormat is invalid.");
  }
  const auto alarm_of = [&](std::string_view arn) -> const shape::PutMetricAlarmInput* {
    const auto key = alarms_.key_of(context.region, arn);
    const auto* record = key ? alarms_.alarms.find(*key) : nullptr;
    return record == nullptr || !record->metric ? nullptr : &*record->metric;
  };
  auto image = read_widget(context, request.MetricWidget, alarm_of);
  if (!image) return std::unexpected(image.error());
  const auto& chart = image->chart;
  metrics::RunOptions options{static_cast<int>(chart.offset.count()), context.account, nullptr};
  options.quotas = &resources_;
  const auto results =
      metrics::run_queries(engine_, image->region, image->queries, chart.start, chart.end, options);
  if (!results) return model::fail("ValidationError", results.error().message);
  add_series(*image, *results);
  auto png = drivers::chart::draw_png(chart);
  if (!png)
    return model::fail("InternalServiceFault", "The image cannot be drawn: " + png.error(), 500);
  aws::cloudwatch::GetMetricWidgetImageOutput reply;
  reply.MetricWidgetImage = std::move(*png);
  return reply;
}

}  // namespace seatrial::services::cloudwatch

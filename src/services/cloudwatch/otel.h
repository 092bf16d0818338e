// A metric stream's data points as OpenTelemetry's messages, in the two versions CloudWatch sends:
// ExportMetricsServiceRequest of opentelemetry-proto 0.7.0 and 1.0.0, each behind its length.
//
// Sources: "CloudWatch metric stream output in OpenTelemetry 0.7.0 format" and "... 1.0.0 format"
// of the user guide with their pages on translations; metrics.proto and common.proto of the two
// releases, whose fields differ in the attributes of a data point only.
// Choice: protobuf's wire format by hand, for a summary is all there is to write. Rejected:
// protoc's generated code, which would be a build dependency for thirty lines. guess: data points
// of one metric that follow one another share a Metric; a count is rounded.
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "metrics/engine.h"

namespace seatrial::services::cloudwatch {

enum class OtelVersion { k07, k10 };

struct OtelSource {
  std::string account, region, stream_arn;
};

struct OtelPoint {
  const metrics::ChangedMinute* minute = nullptr;
  std::vector<std::pair<double, double>> quantiles;  // 0.99: its value; those asked for
};

// One request about all the points, led by its length.
std::string otel_message(OtelVersion version, const OtelSource& source,
                         std::span<const OtelPoint> points);

// CloudWatch's unit in UCUM: "By/s" of "Bytes/Second".
std::string otel_unit(const std::string& unit);

// 0.999 of "p99.9"; nothing when the statistic is no percentile.
std::optional<double> otel_quantile(const std::string& statistic);

}  // namespace seatrial::services::cloudwatch

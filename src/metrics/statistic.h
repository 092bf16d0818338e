// The statistics CloudWatch knows, by their names: "Average", "p99.9", "tm95", "TC(10%:90%)",
// "PR(:300)", "IQM". One grammar for GetMetricStatistics, GetMetricData, SEARCH and alarms.
//
// Sources: Statistics-definitions in the user guide; the pattern of AnomalyDetectorMetricStat in
// the service model. A percentile is the highest of the lowest p percent (nearest rank), as the
// user guide tells p99 from tm99; AWS publishes no interpolation.
#pragma once
#include <optional>
#include <string_view>

#include "metrics/totals.h"
#include "metrics/types.h"

namespace seatrial::metrics {

struct Statistic {
  enum class Kind {
    kSampleCount,
    kAverage,
    kSum,
    kMinimum,
    kMaximum,
    kPercentile,
    kTrimmedMean,
    kTrimmedCount,
    kTrimmedSum,
    kWinsorizedMean,
    kPercentileRank
  };
  Kind kind = Kind::kAverage;
  bool percent = false;             // the bounds are percentages, not values
  std::optional<double> low, high;  // open when absent; a percentile is `high`

  static std::optional<Statistic> parse(std::string_view name);
  bool is_simple() const { return kind <= Kind::kMaximum; }  // one of the five

  // Empty when the period does not have it: no values are kept, or none is within the bounds.
  std::optional<double> of(const Aggregate& aggregate) const;
  double of(const Totals& totals) const;  // a simple one
};

}  // namespace seatrial::metrics

// What metric math computes with: scalars, time series and arrays of time series.
//
// Source: "Metric math syntax and functions" of the user guide; its abbreviations S, TS and TS[]
// are used in comments and messages.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "metrics/types.h"

namespace seatrial::metrics::math {

struct Point {
  std::int64_t at = 0;  // the period's start, seconds since the epoch
  double value = 0;
};

// Where a series comes from, for labels.
struct Origin {
  MetricName metric;
  std::string statistic;
};

struct Series {
  std::vector<Point> points;  // oldest first, times unique
  int period_s = 60;
  std::string id;     // of the query whose metric it is; empty when it was computed
  std::string label;  // the default one
  std::shared_ptr<const Origin> origin;  // of a metric and what is computed from it alone

  bool is_metric() const { return !id.empty(); }
};

using Array = std::vector<Series>;
using Value = std::variant<double, Series, Array>;  // a scalar of nothing (AVG of no points) is NaN

// The period starts a series without gaps has: multiples of its period within [begin, end).
struct Window {
  std::int64_t begin = 0, end = 0;  // seconds
};

}  // namespace seatrial::metrics::math

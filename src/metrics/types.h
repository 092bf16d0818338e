// The nouns of CloudWatch's data model. Plain data, so that the grammars in metrics/math can name
// them without the engine.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace seatrial::metrics {

struct Dimension {
  std::string name, value;
  auto operator<=>(const Dimension&) const = default;
};
using Dimensions = std::vector<Dimension>;  // sorted by name, names unique

struct SeriesId {
  std::string region, name_space, name;
  Dimensions dimensions;
  std::string unit = "None";
};

struct MetricName {
  std::string name_space, name;
  Dimensions dimensions;
  auto operator<=>(const MetricName&) const = default;
};

// Values with how often each occurred, ascending. Percentiles and trimmed statistics follow from
// it.
using Distribution = std::vector<std::pair<double, double>>;

struct Aggregate {
  Time start{};
  double count = 0, sum = 0, min = 0, max = 0;
  std::string unit;
  // Read only when asked for. Absent where CloudWatch has none: a value is negative, or a
  // statistic set hides its values.
  std::optional<Distribution> values;
};

}  // namespace seatrial::metrics

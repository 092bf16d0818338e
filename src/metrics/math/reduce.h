// Many numbers to one, as AVG, SORT and labels need it.
#pragma once
#include "metrics/math/value.h"

namespace seatrial::metrics::math {

enum class Reduction { kAverage, kSum, kMinimum, kMaximum, kDeviation, kCount };

// NaN when there is no such number (the minimum of nothing).
double reduce(Reduction how, const Series& series);
double reduce(Reduction how, const std::vector<double>& values, std::size_t n);

}  // namespace seatrial::metrics::math

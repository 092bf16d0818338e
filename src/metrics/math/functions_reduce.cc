// Functions of a time series' points (to a scalar) or, timestamp by timestamp, of an array's series
// (to one series): AVG, SUM, MIN, MAX, STDDEV, DATAPOINT_COUNT.
#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/math/functions.h"
#include "metrics/math/reduce.h"

namespace seatrial::metrics::math {

// The user guide has AVG of an array count missing values as 0, hence `n`: how many there could be.
double reduce(Reduction how, const std::vector<double>& values, std::size_t n) {
  double sum = 0;
  for (const double value : values) sum += value;
  const auto count = static_cast<double>(values.size());
  switch (how) {
    case Reduction::kSum:
      return sum;
    case Reduction::kCount:
      return count;
    case Reduction::kAverage:
      return n == 0 ? NAN : sum / static_cast<double>(n);
    case Reduction::kMinimum:
      return values.empty() ? NAN : *std::min_element(values.begin(), values.end());
    case Reduction::kMaximum:
      return values.empty() ? NAN : *std::max_element(values.begin(), values.end());
    case Reduction::kDeviation: {  // guess: of the population, over the values that are there
      double squares = 0;
      for (const double value : values) squares += std::pow(value - sum / count, 2);
      return values.empty() ? NAN : std::sqrt(squares / count);
    }
  }
  return NAN;
}

double reduce(Reduction how, const Series& series) {
  std::vector<double> values;
  for (const auto& point : series.points) values.push_back(point.value);
  return reduce(how, values, values.size());
}

namespace {

Series reduce(Reduction how, const Array& array) {
  std::map<std::int64_t, std::vector<double>> columns;
  Series result;
  result.period_s = array.empty() ? result.period_s : 0;
  for (const auto& series : array) {
    result.period_s = std::max(result.period_s, series.period_s);
    for (const auto& point : series.points) columns[point.at].push_back(point.value);
  }
  for (const auto& [at, values] : columns) {
    const double value = reduce(how, values, array.size());
    if (std::isfinite(value)) result.points.push_back({at, value});
  }
  return result;
}

template <Reduction kHow>
Result reducing(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  if (const auto* series = std::get_if<Series>(&*value)) return reduce(kHow, *series);
  if (const auto* many = std::get_if<Array>(&*value)) return reduce(kHow, *many);
  return wrong_type(node, *value);
}

}  // namespace

void add_reduce_functions(Functions& to) {
  to["AVG"] = reducing<Reduction::kAverage>;
  to["SUM"] = reducing<Reduction::kSum>;
  to["MIN"] = reducing<Reduction::kMinimum>;
  to["MAX"] = reducing<Reduction::kMaximum>;
  to["STDDEV"] = reducing<Reduction::kDeviation>;
  to["DATAPOINT_COUNT"] = reducing<Reduction::kCount>;
}

}  // namespace seatrial::metrics::math

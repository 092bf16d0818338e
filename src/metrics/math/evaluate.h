// Metric math, computed: operators here, functions in functions_*.cc.
//
// Rules of the user guide that shape it: a time stamp that one operand lacks counts as 0 there; a
// division by zero, and any other result that is no number, drops the point; the timestamps of a
// result are those of its operands together.
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "metrics/math/ast.h"
#include "metrics/math/value.h"

namespace seatrial::metrics::math {

using Result = std::expected<Value, std::string>;  // errors as parse() has them

// What an expression may ask of the world around it.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual Result value_of(const std::string& id) = 0;  // another query's result
  virtual Array metrics() = 0;                         // of the request, expressions left out
  virtual std::expected<Array, std::string> search(const std::string& query,
                                                   const std::string& statistic,
                                                   std::optional<int> period_s) = 0;
  // The upper and the lower bound around what the metric is expected to be.
  virtual std::expected<Array, std::string> band(const Series& metric, double deviations) = 0;
  // How many there may be of what a usage metric counts.
  virtual std::expected<double, std::string> quota(const Series& metric) = 0;
  virtual Window window() const = 0;
  virtual int period_s() const = 0;  // of series made from nothing (TIME_SERIES)
};

class Evaluator {
 public:
  explicit Evaluator(Surroundings& surroundings) : surroundings_(surroundings) {}
  Result operator()(const Node& node);
  Surroundings& surroundings() { return surroundings_; }

 private:
  Result array(const Node& node);
  Result binary(const Node& node);

  Surroundings& surroundings_;
};

// Shared with the functions.
Result apply(Operator op, std::string_view sign, const Value& left, const Value& right);
std::string_view type_name(const Value& value);  // "Scalar", "TimeSeries", "Array[TimeSeries]"

}  // namespace seatrial::metrics::math

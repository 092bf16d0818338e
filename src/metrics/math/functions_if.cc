// IF(condition, then[, else]): chosen timestamp by timestamp of a condition that is a time series,
// once for a scalar one. A true condition whose value is missing gives 0; a false one drops the
// point. Source: "Using IF expressions".
#include <cmath>

#include "metrics/math/functions.h"

namespace seatrial::metrics::math {
namespace {

// Reads a scalar, or a series at times that only grow.
class Reader {
 public:
  explicit Reader(const Value& value) : value_(value) {}
  std::optional<double> at(std::int64_t at) {
    if (const auto* scalar = std::get_if<double>(&value_)) {
      return std::isfinite(*scalar) ? std::optional(*scalar) : std::nullopt;
    }
    const auto& points = std::get<Series>(value_).points;
    while (next_ < points.size() && points[next_].at < at) ++next_;
    if (next_ == points.size() || points[next_].at != at) return std::nullopt;
    return points[next_].value;
  }

 private:
  const Value& value_;
  std::size_t next_ = 0;
};

Series chosen(const Series& condition, const Value& then, const Value* otherwise) {
  Series result = same_kind(condition);
  Reader yes(then);
  std::optional<Reader> no;
  if (otherwise != nullptr) no.emplace(*otherwise);
  for (const auto& point : condition.points) {
    std::optional<double> value;
    if (point.value != 0) {
      value = yes.at(point.at).value_or(0);
    } else if (no) {
      value = no->at(point.at);
    }
    if (value) result.points.push_back({point.at, *value});
  }
  return result;
}

Result if_function(Evaluator& evaluate, const Node& node) {
  const auto given = node.children.size();
  if (given != 2 && given != 3) return wrong_count(node, "2 or 3 arguments");
  std::vector<Value> values;
  for (const auto& child : node.children) {
    auto value = evaluate(child);
    if (!value) return value;
    if (std::holds_alternative<Array>(*value)) return wrong_type(node, *value);
    values.push_back(std::move(*value));
  }
  const Value* otherwise = given == 3 ? &values[2] : nullptr;
  if (const auto* condition = std::get_if<Series>(&values[0])) {
    return chosen(*condition, values[1], otherwise);
  }
  const double condition = std::get<double>(values[0]);
  if (condition != 0 && !std::isnan(condition)) return values[1];
  return otherwise != nullptr ? *otherwise : Value(Series{});
}

}  // namespace

void add_if_function(Functions& to) { to["IF"] = if_function; }

}  // namespace seatrial::metrics::math

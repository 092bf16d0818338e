// Metric math for tests/oracle/test_metric_math.py: a line {"series": {id: [value or null, ...]},
// "expression"} in, its value out: {"scalar"}, {"series"} or {"array"}, or {"error"}.
#include <cmath>
#include <iostream>

#include "base/check.h"
#include "base/value.h"
#include "metrics/math/testing.h"

namespace seatrial {
namespace {

namespace math = metrics::math;

Value number(double value) { return std::isnan(value) ? Value(nullptr) : Value(value); }

Value row(const math::Series& series, std::size_t minutes) {
  Array values;
  std::size_t next = 0;
  for (std::size_t minute = 0; minute < minutes; ++minute) {
    const bool here = next < series.points.size() &&
                      series.points[next].at == math::PaperSurroundings::at(minute);
    values.push_back(here ? number(series.points[next++].value) : Value(nullptr));
  }
  ST_CHECK(next == series.points.size(), "a point off the grid");
  return values;
}

Value answer(const Value& in) {
  std::size_t minutes = 0;
  for (const auto& [id, values] : in.at("series").as_object())
    minutes = std::max(minutes, values.as_array().size());
  math::PaperSurroundings paper(minutes);
  for (const auto& [id, values] : in.at("series").as_object()) {
    std::vector<std::optional<double>> points;
    for (const auto& value : values.as_array())
      points.push_back(value.is_null() ? std::nullopt : std::optional(value.to_number<double>()));
    paper.set(std::string(id), std::move(points));
  }
  const auto tree = math::parse(text_member(in, "expression"));
  if (!tree) return Object{{"error", tree.error()}};
  const auto value = math::Evaluator(paper)(*tree);
  if (!value) return Object{{"error", value.error()}};
  if (const auto* scalar = std::get_if<double>(&*value)) return Object{{"scalar", number(*scalar)}};
  if (const auto* series = std::get_if<math::Series>(&*value))
    return Object{{"series", row(*series, minutes)}};
  Array rows;
  for (const auto& series : std::get<math::Array>(*value)) rows.push_back(row(series, minutes));
  return Object{{"array", std::move(rows)}};
}

}  // namespace
}  // namespace seatrial

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto in = seatrial::parse_json(line);
    ST_CHECK(in.has_value(), "a line that is no JSON");
    std::cout << seatrial::to_json(seatrial::answer(*in)) << '\n';
  }
  return 0;
}

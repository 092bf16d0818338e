// Functions that make time series from their timestamps or from nothing, without gaps: MINUTE,
// HOUR, DAY, DATE, MONTH, YEAR, EPOCH, TIME_SERIES; and PERIOD.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "metrics/math/functions.h"

namespace seatrial::metrics::math {
namespace {

using Part = double (*)(std::int64_t at);

std::chrono::sys_days day_of(std::int64_t at) {
  return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{at}});
}
std::chrono::year_month_day date_of(std::int64_t at) { return day_of(at); }

double minute(std::int64_t at) { return static_cast<double>(at / 60 % 60); }
double hour(std::int64_t at) { return static_cast<double>(at / 3600 % 24); }
double epoch(std::int64_t at) { return static_cast<double>(at); }
double weekday(std::int64_t at) { return std::chrono::weekday(day_of(at)).iso_encoding(); }
double date(std::int64_t at) { return static_cast<unsigned>(date_of(at).day()); }
double month(std::int64_t at) { return static_cast<unsigned>(date_of(at).month()); }
double year(std::int64_t at) { return static_cast<int>(date_of(at).year()); }

template <Part kPart>
Result from_time(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  const auto* series = std::get_if<Series>(&*value);
  if (series == nullptr) return wrong_type(node, *value);
  Series result = same_kind(*series);
  for (const auto at : grid(*series, evaluate.surroundings().window()))
    result.points.push_back({at, kPart(at)});
  return result;
}

Result time_series(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  const auto scalar = scalar_argument(evaluate, node, 0);
  if (!scalar) return std::unexpected(scalar.error());
  Series result;
  result.period_s = evaluate.surroundings().period_s();
  if (!std::isfinite(*scalar)) return result;
  for (const auto at : grid(result, evaluate.surroundings().window()))
    result.points.push_back({at, *scalar});
  return result;
}

Result period(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  const auto* series = std::get_if<Series>(&*value);
  if (series == nullptr) return wrong_type(node, *value);
  if (!series->is_metric()) {
    return std::unexpected("Function 'PERIOD' takes a metric, not the result of an expression");
  }
  return static_cast<double>(series->period_s);
}

}  // namespace

void add_time_functions(Functions& to) {
  to["MINUTE"] = from_time<minute>;
  to["HOUR"] = from_time<hour>;
  to["DAY"] = from_time<weekday>;
  to["DATE"] = from_time<date>;
  to["MONTH"] = from_time<month>;
  to["YEAR"] = from_time<year>;
  to["EPOCH"] = from_time<epoch>;
  to["TIME_SERIES"] = time_series;
  to["PERIOD"] = period;
}

}  // namespace seatrial::metrics::math

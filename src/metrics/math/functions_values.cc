// Functions that turn each time series into another: ABS, CEIL, FLOOR, LOG, LOG10, DIFF, DIFF_TIME,
// RATE, RUNNING_SUM, FILL.
#include <algorithm>
#include <cmath>

#include "metrics/math/functions.h"

namespace seatrial::metrics::math {
namespace {

using Change = std::vector<Point> (*)(const std::vector<Point>& points);

Result each_series(Evaluator& evaluate, const Node& node, Change change) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  const auto changed = [&](const Series& series) {
    Series result = same_kind(series);
    result.points = change(series.points);
    std::erase_if(result.points, [](const Point& p) { return !std::isfinite(p.value); });
    return result;
  };
  if (const auto* series = std::get_if<Series>(&*value)) return changed(*series);
  if (std::holds_alternative<double>(*value)) return wrong_type(node, *value);
  Array results;
  for (const auto& series : std::get<Array>(*value)) results.push_back(changed(series));
  return results;
}

template <double (*F)(double)>
Result mapped(Evaluator& evaluate, const Node& node) {
  return each_series(evaluate, node, [](const std::vector<Point>& points) {
    auto result = points;
    for (auto& point : result) point.value = F(point.value);
    return result;
  });
}

template <double (*F)(const Point& before, const Point& now)>
Result with_previous(Evaluator& evaluate, const Node& node) {
  return each_series(evaluate, node, [](const std::vector<Point>& points) {
    std::vector<Point> result;
    for (std::size_t i = 1; i < points.size(); ++i)
      result.push_back({points[i].at, F(points[i - 1], points[i])});
    return result;
  });
}

double diff(const Point& before, const Point& now) { return now.value - before.value; }
double diff_time(const Point& before, const Point& now) {
  return static_cast<double>(now.at - before.at);
}
double rate(const Point& before, const Point& now) {
  return diff(before, now) / diff_time(before, now);
}

Result running_sum(Evaluator& evaluate, const Node& node) {
  return each_series(evaluate, node, [](const std::vector<Point>& points) {
    auto result = points;
    double sum = 0;
    for (auto& point : result) point.value = sum += point.value;
    return result;
  });
}

// What stands at a missing time stamp; empty leaves it missing.
using Filler =
    std::function<std::optional<double>(const Series& series, std::size_t next, std::int64_t at)>;

std::optional<double> repeated(const Series& series, std::size_t next, std::int64_t) {
  return next == 0 ? std::nullopt : std::optional(series.points[next - 1].value);
}

std::optional<double> interpolated(const Series& series, std::size_t next, std::int64_t at) {
  if (next == 0 || next == series.points.size()) return std::nullopt;
  const auto &a = series.points[next - 1], &b = series.points[next];
  const double part = static_cast<double>(at - a.at) / static_cast<double>(b.at - a.at);
  return a.value + (b.value - a.value) * part;
}

std::optional<double> value_at(const Series& series, std::int64_t at) {
  const auto found = std::lower_bound(series.points.begin(), series.points.end(), at,
                                      [](const Point& p, std::int64_t t) { return p.at < t; });
  if (found == series.points.end() || found->at != at) return std::nullopt;
  return found->value;
}

std::expected<Filler, std::string> filler_of(Evaluator& evaluate, const Node& node) {
  const auto& how = node.children[1];
  if (how.kind == Node::Kind::kWord && how.text == "REPEAT") return repeated;
  if (how.kind == Node::Kind::kWord && how.text == "LINEAR") return interpolated;
  auto value = evaluate(how);
  if (!value) return std::unexpected(value.error());
  if (const auto* scalar = std::get_if<double>(&*value)) {
    return [scalar = *scalar](const Series&, std::size_t, std::int64_t) {
      return std::isfinite(scalar) ? std::optional(scalar) : std::nullopt;
    };
  }
  if (auto* series = std::get_if<Series>(&*value)) {
    return [other = std::move(*series)](const Series&, std::size_t, std::int64_t at) {
      return value_at(other, at);
    };
  }
  return wrong_type(node, *value);
}

Series filled(const Series& series, const Filler& filler, const Window& window) {
  Series result = same_kind(series);
  std::size_t next = 0;
  for (const auto at : grid(series, window)) {
    for (; next < series.points.size() && series.points[next].at < at; ++next) {
      if (result.points.empty() || result.points.back().at < series.points[next].at)
        result.points.push_back(series.points[next]);
    }
    if (next < series.points.size() && series.points[next].at == at) {
      result.points.push_back(series.points[next++]);
    } else if (const auto value = filler(series, next, at)) {
      result.points.push_back({at, *value});
    }
  }
  for (; next < series.points.size(); ++next) result.points.push_back(series.points[next]);
  return result;
}

Result fill(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 2) return wrong_count(node, "2 arguments");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  if (std::holds_alternative<double>(*value)) return wrong_type(node, *value);
  const auto filler = filler_of(evaluate, node);
  if (!filler) return std::unexpected(filler.error());
  const auto window = evaluate.surroundings().window();
  if (const auto* series = std::get_if<Series>(&*value)) return filled(*series, *filler, window);
  Array results;
  for (const auto& series : std::get<Array>(*value))
    results.push_back(filled(series, *filler, window));
  return results;
}

}  // namespace

void add_value_functions(Functions& to) {
  to["ABS"] = mapped<std::fabs>;
  to["CEIL"] = mapped<std::ceil>;
  to["FLOOR"] = mapped<std::floor>;
  to["LOG"] = mapped<std::log>;
  to["LOG10"] = mapped<std::log10>;
  to["DIFF"] = with_previous<diff>;
  to["DIFF_TIME"] = with_previous<diff_time>;
  to["RATE"] = with_previous<rate>;
  to["RUNNING_SUM"] = running_sum;
  to["FILL"] = fill;
}

}  // namespace seatrial::metrics::math

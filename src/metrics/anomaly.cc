#include "metrics/anomaly.h"

#include <array>
#include <cmath>
#include <span>

namespace seatrial::metrics {
namespace {

using math::Point;

constexpr std::size_t kEnough = 30;               // points that say more than the window itself
constexpr std::int64_t kSeasonal_s = 3 * 86'400;  // of history before hours are told apart

struct Moments {
  double n = 0, sum = 0, squares = 0;
  void add(double v) {
    n += 1;
    sum += v;
    squares += v * v;
  }
  double mean() const { return sum / n; }
  double deviation() const { return std::sqrt(std::max(0.0, squares / n - mean() * mean())); }
};

std::size_t hour_of(std::int64_t at) { return static_cast<std::size_t>(at / 3600 % 24); }

struct Model {
  Moments all;
  std::array<Moments, 24> hours;
  bool seasonal = false;

  const Moments& at(std::int64_t time) const {
    const auto& hour = hours[hour_of(time)];
    return seasonal && hour.n > 1 ? hour : all;
  }
};

Model train(std::span<const Point> points) {
  Model model;
  for (const auto& point : points) {
    model.all.add(point.value);
    model.hours[hour_of(point.at)].add(point.value);
  }
  model.seasonal = !points.empty() && points.back().at - points.front().at >= kSeasonal_s;
  return model;
}

}  // namespace

math::Array anomaly_band(const math::Series& metric, const math::Series& history,
                         const math::Window& window, double deviations) {
  std::size_t before = 0;
  while (before < history.points.size() && history.points[before].at < window.begin) ++before;
  const auto points = std::span(history.points);
  const Model model = train(before >= kEnough ? points.first(before) : points);
  math::Series upper, lower;
  upper.period_s = lower.period_s = metric.period_s;
  upper.label = metric.label + " (expected, high)";
  lower.label = metric.label + " (expected, low)";
  const std::int64_t step = metric.period_s;
  for (auto at = window.begin - window.begin % step; at < window.end && model.all.n > 0;
       at += step) {
    const auto& moments = model.at(at);
    upper.points.push_back({at, moments.mean() + deviations * moments.deviation()});
    lower.points.push_back({at, moments.mean() - deviations * moments.deviation()});
  }
  return {std::move(upper), std::move(lower)};
}

}  // namespace seatrial::metrics

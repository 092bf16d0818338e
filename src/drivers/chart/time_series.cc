// Lines and stacked areas over time, with axes and annotations.
//
// A line breaks where a period has no value, and a value without neighbours is
// a dot: a graph that joined them would show what nobody measured.
#include <algorithm>
#include <cmath>
#include <map>

#include "drivers/chart/parts.h"
#include "drivers/chart/scale.h"

namespace seatrial::drivers::chart {
namespace {

constexpr double kTickSize = 10, kLineWidth = 1.6, kDot = 2.2, kAreaAlpha = 0.75, kBandAlpha = 0.12;
constexpr double kTickGap = 45,
                 kTimeTickGap = 70;  // pixels between ticks, about

struct Scale {
  Range range;
  double step = 1;
  bool used = false;
};

struct Plot {
  Canvas& canvas;
  const Chart& chart;
  Box box;  // of the data
  Scale left, right;

  double x(Time at) const {
    const double span = static_cast<double>((chart.end - chart.start).count());
    return box.x +
           box.width * static_cast<double>((at - chart.start).count()) / std::max(span, 1.0);
  }
  double y(double value, bool right_axis) const {
    const Range& r = right_axis ? right.range : left.range;
    return box.bottom() - box.height * (value - r.low) / (r.high - r.low);
  }
};

using Levels = std::map<Time, double>;

// The tops of stacked series: each series' points lifted by those below it.
std::vector<std::vector<std::pair<Point, double>>> stack(const std::vector<Series>& series,
                                                         bool right) {
  std::vector<std::vector<std::pair<Point, double>>> out;
  Levels level;
  for (const auto& s : series) {
    auto& mine = out.emplace_back();
    if (s.right_axis != right) continue;
    for (const auto& [at, value] : s.points) {
      const double below = level[at];
      level[at] = below + value;
      mine.push_back({{at, below + value}, below});
    }
  }
  return out;
}

void widen(Range& range, bool& any, double value) {
  if (!std::isfinite(value)) return;
  range.low = any ? std::min(range.low, value) : value;
  range.high = any ? std::max(range.high, value) : value;
  any = true;
}

Range range_of_data(const Chart& chart, bool right, bool& any) {
  Range range;
  if (chart.stacked) {
    for (const auto& series : stack(chart.series, right))
      for (const auto& [top, below] : series) {
        widen(range, any, top.value);
        widen(range, any, below);
      }
  } else {
    for (const auto& series : chart.series)
      if (series.right_axis == right)
        for (const auto& point : series.points) widen(range, any, point.value);
  }
  for (const auto& line : chart.horizontal) {
    if (line.right_axis != right) continue;
    widen(range, any, line.value);
    if (line.other) widen(range, any, *line.other);
  }
  return range;
}

// The axis' range: the data's, with room, unless the caller fixed its ends.
Scale scale_of(const Chart& chart, bool right, double height) {
  const Axis& axis = right ? chart.right : chart.left;
  Scale scale;
  scale.range = range_of_data(chart, right, scale.used);
  if (!scale.used) scale.range = {0, 1};
  if (scale.range.low == scale.range.high) {
    const double room = scale.range.low == 0 ? 1 : std::abs(scale.range.low) * 0.1;
    scale.range = {scale.range.low - room, scale.range.high + room};
    if (scale.range.low < 0 && scale.range.high - room >= 0) scale.range.low = 0;
  }
  scale.range.low = axis.min.value_or(scale.range.low);
  scale.range.high = axis.max.value_or(scale.range.high);
  if (!(scale.range.high > scale.range.low)) scale.range.high = scale.range.low + 1;
  scale.step = round_step(scale.range, std::max(2, static_cast<int>(height / kTickGap)));
  const Range wide = widened(scale.range, scale.step);
  if (!axis.min) scale.range.low = wide.low;
  if (!axis.max) scale.range.high = wide.high;
  return scale;
}

bool has_right(const Chart& chart) {
  return std::ranges::any_of(chart.series, &Series::right_axis) ||
         std::ranges::any_of(chart.horizontal, &HorizontalLine::right_axis);
}

double widest_tick(Canvas& canvas, const Scale& scale) {
  double width = 0;
  for (const double tick : ticks(scale.range, scale.step)) {
    width = std::max(width, canvas.width_of(short_number(tick, scale.step), {.size = kTickSize}));
  }
  return width;
}

void draw_value_ticks(Plot& plot, const Scale& scale, bool right) {
  const auto& theme = theme_of(plot.chart);
  for (const double tick : ticks(scale.range, scale.step)) {
    const double y = std::round(plot.y(tick, right)) + 0.5;
    if (!right) plot.canvas.line({plot.box.x, y}, {plot.box.right(), y}, theme.grid);
    const Spot at{right ? plot.box.right() + 6 : plot.box.x - 6, y + 3.5};
    plot.canvas.text(at, short_number(tick, scale.step), theme.faint,
                     {.size = kTickSize, .align = right ? Align::kLeft : Align::kRight});
  }
}

void draw_time_axis(Plot& plot) {
  const auto& theme = theme_of(plot.chart);
  const int most = std::max(1, static_cast<int>(plot.box.width / kTimeTickGap));
  const double y = plot.box.bottom() + 0.5;
  plot.canvas.line({plot.box.x, y}, {plot.box.right(), y}, theme.faint);
  for (const auto& [at, text] :
       time_ticks(plot.chart.start, plot.chart.end, plot.chart.offset, most)) {
    const double x = std::round(plot.x(at)) + 0.5;
    plot.canvas.line({x, y}, {x, y + 4}, theme.faint);
    const double half = plot.canvas.width_of(text, {.size = kTickSize}) / 2;
    if (x + half > plot.chart.width) continue;
    plot.canvas.text({x, y + 15}, text, theme.faint, {.size = kTickSize, .align = Align::kCenter});
  }
}

// Runs of points that follow each other within a period and a half.
template <class Points, class TimeOf>
std::vector<std::pair<std::size_t, std::size_t>> runs(const Points& points, int period_s,
                                                      TimeOf at) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  const Millis gap{static_cast<std::int64_t>(period_s) * 1500};
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0 || at(points[i]) - at(points[i - 1]) > gap) out.emplace_back(i, i);
    out.back().second = i + 1;
  }
  return out;
}

void draw_line(Plot& plot, const Series& series) {
  for (const auto& [from, to] :
       runs(series.points, series.period_s, [](const Point& p) { return p.at; })) {
    std::vector<Spot> spots;
    for (std::size_t i = from; i < to; ++i) {
      spots.push_back(
          {plot.x(series.points[i].at), plot.y(series.points[i].value, series.right_axis)});
    }
    if (spots.size() == 1) {
      plot.canvas.dot(spots[0], kDot, series.color);
    } else {
      plot.canvas.path(spots, series.color, kLineWidth);
    }
  }
}

void draw_stacked(Plot& plot, bool right) {
  const auto tops = stack(plot.chart.series, right);
  for (std::size_t n = 0; n < tops.size(); ++n) {
    const auto& series = plot.chart.series[n];
    const auto time_of = [](const auto& level) { return level.first.at; };
    for (const auto& [from, to] : runs(tops[n], series.period_s, time_of)) {
      std::vector<Spot> outline, top;
      for (std::size_t i = from; i < to; ++i) {
        const auto& [point, below] = tops[n][i];
        top.push_back({plot.x(point.at), plot.y(point.value, right)});
      }
      outline = top;
      for (std::size_t i = to; i-- > from;) {
        outline.push_back({plot.x(tops[n][i].first.at), plot.y(tops[n][i].second, right)});
      }
      if (top.size() == 1) {
        plot.canvas.line(outline[0], outline[1], series.color, 2);
      } else {
        plot.canvas.area(outline, series.color, kAreaAlpha);
        plot.canvas.path(top, series.color, kLineWidth);
      }
    }
  }
}

void draw_horizontal(Plot& plot, const HorizontalLine& line) {
  const double y = plot.y(line.value, line.right_axis);
  double far = y;
  if (line.other) far = plot.y(*line.other, line.right_axis);
  if (line.fill == Fill::kAbove) far = plot.box.y;
  if (line.fill == Fill::kBelow) far = plot.box.bottom();
  plot.canvas.fill({plot.box.x, std::min(y, far), plot.box.width, std::abs(far - y)}, line.color,
                   kBandAlpha);
  plot.canvas.line({plot.box.x, y}, {plot.box.right(), y}, line.color, 1.4, true);
  if (line.other)
    plot.canvas.line({plot.box.x, far}, {plot.box.right(), far}, line.color, 1.4, true);
  const std::string label = line.label.empty() ? short_number(line.value) : line.label;
  plot.canvas.text({plot.box.right() - 4, y - 4}, label, line.color,
                   {.size = kTickSize, .align = Align::kRight});
}

void draw_vertical(Plot& plot, const VerticalLine& line) {
  const double x = plot.x(line.at);
  double far = x;
  if (line.other) far = plot.x(*line.other);
  if (line.fill == Fill::kBefore) far = plot.box.x;
  if (line.fill == Fill::kAfter) far = plot.box.right();
  plot.canvas.fill({std::min(x, far), plot.box.y, std::abs(far - x), plot.box.height}, line.color,
                   kBandAlpha);
  plot.canvas.line({x, plot.box.y}, {x, plot.box.bottom()}, line.color, 1.4, true);
  if (line.other)
    plot.canvas.line({far, plot.box.y}, {far, plot.box.bottom()}, line.color, 1.4, true);
  plot.canvas.text({x + 4, plot.box.y + 11}, line.label, line.color, {.size = kTickSize});
}

void draw_axis_labels(Canvas& canvas, const Chart& chart, Box box) {
  const auto& theme = theme_of(chart);
  canvas.text({box.x, box.y + 10},
              canvas.fitted(chart.left.label, box.width / 2, {.size = kTickSize}), theme.faint,
              {.size = kTickSize});
  canvas.text({box.right(), box.y + 10},
              canvas.fitted(chart.right.label, box.width / 2, {.size = kTickSize}), theme.faint,
              {.size = kTickSize, .align = Align::kRight});
}

}  // namespace

void draw_time_series(Canvas& canvas, const Chart& chart, Box box) {
  const double label_height = chart.left.label.empty() && chart.right.label.empty() ? 4 : 18;
  draw_axis_labels(canvas, chart, box);
  Plot plot{canvas,
            chart,
            {box.x, box.y + label_height, box.width, box.height - label_height - 20},
            {},
            {}};
  if (plot.box.height < 1) return;
  plot.left = scale_of(chart, false, plot.box.height);
  plot.right = scale_of(chart, true, plot.box.height);
  const double left = widest_tick(canvas, plot.left) + 8;
  const double right = has_right(chart) ? widest_tick(canvas, plot.right) + 8 : 6;
  plot.box.x += left;
  plot.box.width -= left + right;
  if (plot.box.width < 1) return;
  draw_value_ticks(plot, plot.left, false);
  if (has_right(chart)) draw_value_ticks(plot, plot.right, true);
  draw_time_axis(plot);
  canvas.clip({plot.box.x, plot.box.y - 1, plot.box.width + 1, plot.box.height + 2});
  if (chart.stacked) {
    draw_stacked(plot, false);
    draw_stacked(plot, true);
  } else {
    for (const auto& series : chart.series) draw_line(plot, series);
  }
  for (const auto& line : chart.horizontal) draw_horizontal(plot, line);
  for (const auto& line : chart.vertical) draw_vertical(plot, line);
  canvas.unclip();
}

}  // namespace seatrial::drivers::chart

// Views of one number per series, the newest: bars, a pie, gauges, and the
// numbers themselves.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "drivers/chart/parts.h"
#include "drivers/chart/scale.h"

namespace seatrial::drivers::chart {
namespace {

constexpr double kSmall = 10, kBarTickGap = 45, kMaxBar = 70;
constexpr double kGaugeFrom = -1.0 / 3,
                 kGaugeTo = 1.0 / 3;  // turns from the top

struct Share {
  const Series* series;
  double value;
};

std::vector<Share> shares_of(const Chart& chart) {
  std::vector<Share> out;
  for (const auto& series : chart.series) {
    if (const auto value = newest(series)) out.push_back({&series, *value});
  }
  return out;
}

// Cells of a grid that is about as wide as high, for tiles and gauges.
std::vector<Box> cells(Box box, std::size_t count, double shape) {
  std::size_t columns = 1;
  const auto rows_for = [&](std::size_t c) { return (count + c - 1) / c; };
  const auto badness = [&](std::size_t c) {
    const double width = box.width / static_cast<double>(c);
    const double height = box.height / static_cast<double>(rows_for(c));
    return std::abs(std::log(width / std::max(height, 1.0) / shape));
  };
  for (std::size_t c = 2; c <= count; ++c) {
    if (badness(c) < badness(columns)) columns = c;
  }
  std::vector<Box> out;
  const double width = box.width / static_cast<double>(columns);
  const double height = box.height / static_cast<double>(rows_for(columns));
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back({box.x + width * static_cast<double>(i % columns),
                   box.y + height * static_cast<double>(i / columns), width, height});
  }
  return out;
}

Range bar_range(const Chart& chart, const std::vector<Share>& shares) {
  Range range{0, 0};
  for (const auto& share : shares) {
    range.low = std::min(range.low, share.value);
    range.high = std::max(range.high, share.value);
  }
  if (range.low == range.high) range.high = 1;
  return {chart.left.min.value_or(range.low), chart.left.max.value_or(range.high)};
}

void draw_sparkline(Canvas& canvas, const Series& series, Box box) {
  if (series.points.size() < 2 || box.height < 4) return;
  const auto [low, high] = std::ranges::minmax(series.points, {}, &Point::value);
  const double span = std::max(high.value - low.value, 1e-300);
  const double time = static_cast<double>((series.points.back().at - series.points[0].at).count());
  std::vector<Spot> spots;
  for (const auto& [at, value] : series.points) {
    spots.push_back(
        {box.x + box.width * static_cast<double>((at - series.points[0].at).count()) / time,
         box.bottom() - box.height * (value - low.value) / span});
  }
  canvas.path(spots, series.color, 1.6);
}

void draw_number(Canvas& canvas, const Chart& chart, const Series& series, Box cell) {
  const auto& theme = theme_of(chart);
  const auto value = newest(series);
  std::string text = "--";
  if (value) text = chart.full_precision ? full_number(*value) : short_number(*value);
  double size = std::clamp(cell.height * 0.32, 12.0, 48.0);
  while (size > 10 && canvas.width_of(text, {.size = size, .bold = true}) > cell.width - 12)
    size -= 1;
  const double middle = cell.x + cell.width / 2;
  const double base = cell.y + cell.height / 2 + (chart.sparkline ? 0 : size / 4);
  canvas.text({middle, base}, text, theme.text,
              {.size = size, .align = Align::kCenter, .bold = true});
  const auto label = canvas.fitted(series.label, cell.width - 24, {.size = 11});
  const double half = canvas.width_of(label, {.size = 11}) / 2;
  canvas.fill({middle - half - 12, base + 12, 9, 9}, series.color);
  canvas.text({middle, base + 20}, label, theme.faint, {.size = 11, .align = Align::kCenter});
  if (chart.sparkline) {
    draw_sparkline(canvas, series,
                   {cell.x + 10, base + 30, cell.width - 20, cell.bottom() - base - 36});
  }
}

// A band of the gauge's scale that a threshold colours.
void draw_gauge_band(Canvas& canvas, const HorizontalLine& line, Range range, Spot center,
                     double radius) {
  const auto turn = [&](double value) {
    const double part = std::clamp((value - range.low) / (range.high - range.low), 0.0, 1.0);
    return kGaugeFrom + (kGaugeTo - kGaugeFrom) * part;
  };
  double from = line.value, to = line.other.value_or(line.value);
  if (line.fill == Fill::kAbove) to = range.high;
  if (line.fill == Fill::kBelow) to = range.low;
  if (from > to) std::swap(from, to);
  const double width = from == to ? 0.004 : 0;
  canvas.ring(center, radius * 1.04, radius * 1.12, turn(from) - width, turn(to) + width,
              line.color);
}

void draw_dial(Canvas& canvas, const Chart& chart, const Series& series, Box cell) {
  const auto& theme = theme_of(chart);
  const Range range{chart.left.min.value_or(0), chart.left.max.value_or(100)};
  const double radius = std::max(4.0, std::min(cell.width / 2.5, cell.height / 2.1) - 4);
  const Spot center{cell.x + cell.width / 2, cell.y + radius * 1.15 + 2};
  canvas.ring(center, radius * 0.72, radius, kGaugeFrom, kGaugeTo, theme.grid);
  for (const auto& line : chart.horizontal) draw_gauge_band(canvas, line, range, center, radius);
  const auto value = newest(series);
  if (value && range.high > range.low) {
    const double part = std::clamp((*value - range.low) / (range.high - range.low), 0.0, 1.0);
    canvas.ring(center, radius * 0.72, radius, kGaugeFrom,
                kGaugeFrom + (kGaugeTo - kGaugeFrom) * part, series.color);
  }
  const double size = std::clamp(radius * 0.4, 10.0, 40.0);
  canvas.text({center.x, center.y + size * 0.35}, value ? short_number(*value) : "--", theme.text,
              {.size = size, .align = Align::kCenter, .bold = true});
  const double feet = center.y + radius * 0.5 + 16;
  canvas.text({center.x - radius * 0.78, feet}, short_number(range.low), theme.faint,
              {.size = kSmall, .align = Align::kCenter});
  canvas.text({center.x + radius * 0.78, feet}, short_number(range.high), theme.faint,
              {.size = kSmall, .align = Align::kCenter});
  canvas.text({center.x, feet + 18}, canvas.fitted(series.label, cell.width - 8, {.size = 11}),
              theme.faint, {.size = 11, .align = Align::kCenter});
}

void draw_pie_labels(Canvas& canvas, const Chart& chart, const Share& share, double part, Spot at,
                     bool right) {
  const auto text = fmt::format("{} ({:.1f}%)", short_number(share.value), part * 100);
  canvas.text(at, text, theme_of(chart).text,
              {.size = 11, .align = right ? Align::kLeft : Align::kRight});
}

}  // namespace

void draw_bars(Canvas& canvas, const Chart& chart, Box box) {
  const auto& theme = theme_of(chart);
  const auto shares = shares_of(chart);
  Range range = bar_range(chart, shares);
  const double step = round_step(range, std::max(2, static_cast<int>(box.height / kBarTickGap)));
  range = widened(range, step);
  double left = 0;
  for (const double tick : ticks(range, step)) {
    left = std::max(left, canvas.width_of(short_number(tick, step), {.size = kSmall}) + 8);
  }
  const Box plot{box.x + left, box.y + 16, box.width - left, box.height - 20};
  if (plot.width < 1 || plot.height < 1) return;
  const auto y = [&](double value) {
    return plot.bottom() - plot.height * (value - range.low) / (range.high - range.low);
  };
  for (const double tick : ticks(range, step)) {
    const double at = std::round(y(tick)) + 0.5;
    canvas.line({plot.x, at}, {plot.right(), at}, tick == 0 ? theme.faint : theme.grid);
    canvas.text({plot.x - 6, at + 3.5}, short_number(tick, step), theme.faint,
                {.size = kSmall, .align = Align::kRight});
  }
  const double slot = plot.width / static_cast<double>(shares.size());
  const double width = std::min(slot * 0.7, kMaxBar);
  const double base = y(std::clamp(0.0, range.low, range.high));
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double middle = plot.x + slot * (static_cast<double>(i) + 0.5);
    const double top = y(std::clamp(shares[i].value, range.low, range.high));
    canvas.fill({middle - width / 2, std::min(base, top), width, std::abs(base - top)},
                shares[i].series->color);
    if (slot > 30) {
      canvas.text({middle, std::min(base, top) - 4}, short_number(shares[i].value), theme.text,
                  {.size = kSmall, .align = Align::kCenter});
    }
  }
}

void draw_pie(Canvas& canvas, const Chart& chart, Box box) {
  auto shares = shares_of(chart);
  std::erase_if(shares, [](const Share& share) { return !(share.value > 0); });
  double total = 0;
  for (const auto& share : shares) total += share.value;
  if (shares.empty() || !std::isfinite(total)) return draw_nothing(canvas, chart, box);
  const Spot center{box.x + box.width / 2, box.y + box.height / 2};
  const double radius = std::max(4.0, std::min(box.width, box.height) / 2 - 14);
  double from = 0;
  for (const auto& share : shares) {
    const double part = share.value / total;
    canvas.ring(center, radius * 0.55, radius, from, from + part, share.series->color);
    const double angle = (from + part / 2) * 2 * 3.14159265358979;
    const Spot at{center.x + std::sin(angle) * (radius + 8),
                  center.y - std::cos(angle) * (radius + 8) + 4};
    if (chart.labels_on_chart && part > 0.02) {
      draw_pie_labels(canvas, chart, share, part, at, std::sin(angle) >= 0);
    }
    from += part;
  }
  canvas.text({center.x, center.y + 6}, short_number(total), theme_of(chart).text,
              {.size = 18, .align = Align::kCenter, .bold = true});
}

void draw_gauge(Canvas& canvas, const Chart& chart, Box box) {
  if (chart.series.empty()) return draw_nothing(canvas, chart, box);
  const auto grid = cells(box, chart.series.size(), 1.2);
  for (std::size_t i = 0; i < grid.size(); ++i) draw_dial(canvas, chart, chart.series[i], grid[i]);
}

void draw_numbers(Canvas& canvas, const Chart& chart, Box box) {
  if (chart.series.empty()) return draw_nothing(canvas, chart, box);
  const auto grid = cells(box, chart.series.size(), 1.8);
  for (std::size_t i = 0; i < grid.size(); ++i)
    draw_number(canvas, chart, chart.series[i], grid[i]);
}

}  // namespace seatrial::drivers::chart

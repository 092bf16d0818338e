#include "drivers/chart/chart.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/chart/parts.h"

namespace seatrial::drivers::chart {
namespace {

constexpr double kMargin = 12, kTitleSize = 14, kLegendSize = 11, kLegendLine = 17, kMark = 10;
constexpr double kLegendShare = 0.4;  // of the picture, at most

// The category colours of D3 (ISC licence), which CloudWatch's graphs use, too:
// ten strong ones, then their light siblings.
constexpr std::array<std::string_view, 20> kColors{
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2",
    "#7f7f7f", "#bcbd22", "#17becf", "#aec7e8", "#ffbb78", "#98df8a", "#ff9896",
    "#c5b0d5", "#c49c94", "#f7b6d2", "#c7c7c7", "#dbdb8d", "#9edae5"};

constexpr Theme kLight{{1, 1, 1}, {0.09, 0.10, 0.12}, {0.37, 0.42, 0.47}, {0.90, 0.91, 0.93}};
constexpr Theme kDark{
    {0.06, 0.11, 0.16}, {0.95, 0.96, 0.97}, {0.64, 0.69, 0.74}, {0.19, 0.24, 0.30}};

struct Entry {  // of the legend
  std::string label;
  Color color;
};

std::vector<Entry> legend_entries(const Chart& chart) {
  std::vector<Entry> out;
  for (const auto& series : chart.series) out.push_back({series.label, series.color});
  for (const auto& line : chart.horizontal) {
    if (!line.label.empty()) out.push_back({line.label, line.color});
  }
  return out;
}

bool has_legend(const Chart& chart) {
  return chart.legend != Legend::kHidden && chart.view != View::kSingleValue &&
         chart.view != View::kGauge;
}

void draw_entry(Canvas& canvas, const Chart& chart, const Entry& entry, Spot at, double width) {
  const auto& theme = theme_of(chart);
  canvas.fill({at.x, at.y - kMark + 1, kMark, kMark}, entry.color);
  canvas.text({at.x + kMark + 5, at.y},
              canvas.fitted(entry.label, width - kMark - 5, {.size = kLegendSize}), theme.text,
              {.size = kLegendSize});
}

void draw_more(Canvas& canvas, const Chart& chart, std::size_t left_out, Spot at) {
  canvas.text(at, "+" + std::to_string(left_out) + " more", theme_of(chart).faint,
              {.size = kLegendSize});
}

// Entries flow in lines below the plot; what is left of the box.
Box legend_below(Canvas& canvas, const Chart& chart, Box box) {
  const auto entries = legend_entries(chart);
  const auto most = static_cast<std::size_t>(box.height * kLegendShare / kLegendLine);
  std::vector<std::vector<std::pair<const Entry*, double>>> lines(1);
  double used = 0;
  for (const auto& entry : entries) {
    const double width =
        std::min(canvas.width_of(entry.label, {.size = kLegendSize}) + kMark + 5 + 16, box.width);
    if (used + width > box.width && !lines.back().empty()) {
      lines.emplace_back();
      used = 0;
    }
    lines.back().emplace_back(&entry, width);
    used += width;
  }
  const std::size_t shown = std::min(lines.size(), most);
  const double top = box.bottom() - static_cast<double>(shown) * kLegendLine;
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    const double y = top + static_cast<double>(i + 1) * kLegendLine - 4;
    if (i + 1 == shown && shown < lines.size()) {
      draw_more(canvas, chart, entries.size() - drawn, {box.x, y});
      break;
    }
    double x = box.x;
    for (const auto& [entry, width] : lines[i]) {
      draw_entry(canvas, chart, *entry, {x, y}, width - 16);
      x += width;
      ++drawn;
    }
  }
  return {box.x, box.y, box.width, std::max(0.0, top - box.y - 6)};
}

// Entries stand in a column right of the plot; what is left of the box.
Box legend_right(Canvas& canvas, const Chart& chart, Box box) {
  const auto entries = legend_entries(chart);
  double width = 0;
  for (const auto& entry : entries) {
    width = std::max(width, canvas.width_of(entry.label, {.size = kLegendSize}) + kMark + 8);
  }
  width = std::min(width, box.width * kLegendShare);
  const double x = box.right() - width;
  const auto fit = static_cast<std::size_t>(std::max(0.0, box.height / kLegendLine));
  for (std::size_t i = 0; i < std::min(entries.size(), fit); ++i) {
    const Spot at{x, box.y + static_cast<double>(i) * kLegendLine + kMark + 2};
    if (i + 1 == fit && fit < entries.size()) {
      draw_more(canvas, chart, entries.size() - i, at);
    } else {
      draw_entry(canvas, chart, entries[i], at, width);
    }
  }
  return {box.x, box.y, std::max(0.0, box.width - width - 12), box.height};
}

void draw_view(Canvas& canvas, const Chart& chart, Box box) {
  const bool any =
      std::ranges::any_of(chart.series, [](const Series& s) { return !s.points.empty(); });
  switch (chart.view) {
    case View::kTimeSeries:
      return draw_time_series(canvas, chart, box);
    case View::kBar:
      return any ? draw_bars(canvas, chart, box) : draw_nothing(canvas, chart, box);
    case View::kPie:
      return any ? draw_pie(canvas, chart, box) : draw_nothing(canvas, chart, box);
    case View::kGauge:
      return draw_gauge(canvas, chart, box);
    case View::kSingleValue:
      return draw_numbers(canvas, chart, box);
  }
}

}  // namespace

std::optional<Color> parse_color(std::string_view text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 7, value, 16);
  if (error != std::errc{} || end != text.data() + 7) return std::nullopt;
  return Color{((value >> 16) & 255) / 255.0, ((value >> 8) & 255) / 255.0, (value & 255) / 255.0};
}

Color series_color(std::size_t n) { return *parse_color(kColors[n % kColors.size()]); }

const Theme& theme_of(const Chart& chart) { return chart.dark ? kDark : kLight; }

std::optional<double> newest(const Series& series) {
  if (series.points.empty()) return std::nullopt;
  return series.points.back().value;
}

void draw_nothing(Canvas& canvas, const Chart& chart, Box box) {
  canvas.text({box.x + box.width / 2, box.y + box.height / 2}, "No data available",
              theme_of(chart).faint, {.size = 12, .align = Align::kCenter});
}

std::expected<std::string, std::string> draw_png(const Chart& chart) {
  Canvas canvas(chart.width, chart.height);
  const auto& theme = theme_of(chart);
  canvas.fill({0, 0, double(chart.width), double(chart.height)}, theme.background);
  Box box{kMargin, kMargin, chart.width - 2 * kMargin, chart.height - 2 * kMargin};
  if (!chart.title.empty()) {
    const TextStyle style{.size = kTitleSize, .bold = true};
    canvas.text({box.x, box.y + kTitleSize}, canvas.fitted(chart.title, box.width, style),
                theme.text, style);
    box.y += kTitleSize + 12;
    box.height -= kTitleSize + 12;
  }
  if (box.width > 0 && box.height > 0) {  // a picture may be as small as a pixel
    if (has_legend(chart)) {
      box = chart.legend == Legend::kRight ? legend_right(canvas, chart, box)
                                           : legend_below(canvas, chart, box);
    }
    draw_view(canvas, chart, box);
  }
  return canvas.png();
}

}  // namespace seatrial::drivers::chart

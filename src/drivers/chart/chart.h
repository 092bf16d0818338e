// A chart of time series, drawn to a PNG: what GetMetricWidgetImage answers. It
// draws what it is given and decides nothing: which metrics, which times and
// which colours come from the caller.
//
// Cairo draws (shapes, text by fontconfig, PNG). Rejected: an own rasteriser,
// and gnuplot, which is a process per picture and takes text it is given for
// commands.
//
//   chart.cc        frame, title, legend, which view
//   time_series.cc  lines, stacked areas, axes, annotations
//   shares.cc       bar, pie, gauge, single value: one number per series
//   scale.h         round numbers and times for axes; pure
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace seatrial::drivers::chart {

inline constexpr int kMaxPixels = 2000; // of width and of height
inline constexpr std::size_t kMaxSeries = 500;

struct Color {
  double red = 0, green = 0, blue = 0; // 0..1
  bool operator==(const Color &) const = default;
};
// "#1f77b4"; nothing when it is none.
std::optional<Color> parse_color(std::string_view text);
// The colour of the n-th series that names none.
Color series_color(std::size_t n);

enum class View { kTimeSeries, kBar, kPie, kGauge, kSingleValue };
enum class Legend { kBottom, kRight, kHidden };
enum class Fill { kNone, kAbove, kBelow, kBetween, kBefore, kAfter };

struct Point {
  Time at{};
  double value = 0;
};

struct Series {
  std::string label;
  Color color;
  std::vector<Point> points; // oldest first
  int period_s = 300;
  bool right_axis = false;
};

struct Axis {
  std::optional<double> min, max;
  std::string label;
};

struct HorizontalLine {
  double value = 0;
  std::optional<double> other; // the far side of a band
  std::string label;
  Color color{0.84, 0.15, 0.16};
  Fill fill = Fill::kNone;
  bool right_axis = false;
};

struct VerticalLine {
  Time at{};
  std::optional<Time> other; // the far side of a band
  std::string label;
  Color color{0.84, 0.15, 0.16};
  Fill fill = Fill::kNone;
};

struct Chart {
  View view = View::kTimeSeries;
  int width = 600, height = 400; // pixels
  std::string title;
  Time start{}, end{};
  bool stacked = false, dark = false;
  bool labels_on_chart = true; // of a pie
  bool sparkline = false;      // under a single value
  bool full_precision = false; // of a single value
  Legend legend = Legend::kBottom;
  Axis left, right;
  std::vector<Series> series;
  std::vector<HorizontalLine> horizontal;
  std::vector<VerticalLine> vertical;
  std::chrono::minutes offset{0}; // of the time zone that times are shown in
};

// The picture's bytes; an error says why Cairo could not draw it. Any thread.
std::expected<std::string, std::string> draw_png(const Chart &chart);

} // namespace seatrial::drivers::chart

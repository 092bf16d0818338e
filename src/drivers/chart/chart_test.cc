// Pictures are decoded (libpng) and looked at: colours are where the data are
// and nowhere else.
#include "drivers/chart/chart.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>
#include <fstream>

#include "drivers/chart/scale.h"

namespace seatrial::drivers::chart {
namespace {

using namespace std::chrono_literals;

const Time kStart = from_ms(1'796'040'000'000);  // 2026-11-30T12:00:00Z

struct Picture {
  int width = 0, height = 0;
  std::vector<unsigned char> rgb;

  Color at(double x, double y) const {
    const auto* p = &rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                          static_cast<std::size_t>(x)) *
                         3];
    return {p[0] / 255.0, p[1] / 255.0, p[2] / 255.0};
  }
  bool has(Color color, int left, int top, int right, int bottom) const {
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x)
        if (near(at(x, y), color)) return true;
    return false;
  }
  bool has(Color color) const { return has(color, 0, 0, width, height); }
  static bool near(Color a, Color b) {
    return std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue) < 0.06;
  }
};

Picture decode(const std::string& bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  Picture out;
  EXPECT_TRUE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()));
  image.format = PNG_FORMAT_RGB;
  out.rgb.resize(PNG_IMAGE_SIZE(image));
  EXPECT_TRUE(png_image_finish_read(&image, nullptr, out.rgb.data(), 0, nullptr));
  out.width = static_cast<int>(image.width);
  out.height = static_cast<int>(image.height);
  return out;
}

// CHART_PICTURES=folder keeps the pictures, to be looked at.
Picture draw(const Chart& chart, const std::string& name) {
  const auto png = draw_png(chart);
  EXPECT_TRUE(png.has_value()) << png.error();
  if (const char* folder = std::getenv("CHART_PICTURES")) {
    std::ofstream(std::string(folder) + "/" + name + ".png") << *png;
  }
  return decode(*png);
}

Series series(std::string label, std::size_t n, std::vector<double> values, int period_s = 300) {
  Series out{std::move(label), series_color(n), {}, period_s};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) out.points.push_back({kStart + i * period_s * 1s, values[i]});
  }
  return out;
}

Chart chart_of(std::vector<Series> list) {
  Chart chart;
  chart.title = "API latency";
  chart.start = kStart;
  chart.end = kStart + 1h;
  chart.series = std::move(list);
  return chart;
}

std::vector<double> wave(double middle, double height, double phase) {
  std::vector<double> out;
  for (int i = 0; i <= 12; ++i) out.push_back(middle + height * std::sin(i * 0.6 + phase));
  return out;
}

TEST(Chart, LinesRunWhereTheirValuesAre) {
  const auto high = series("p99", 0, std::vector<double>(13, 90));
  const auto low = series("average", 1, std::vector<double>(13, 10));
  auto chart = chart_of({high, low});
  chart.left.min = 0;
  chart.left.max = 100;
  const auto picture = draw(chart, "lines");
  EXPECT_EQ(picture.width, 600);
  EXPECT_EQ(picture.height, 400);
  EXPECT_TRUE(picture.has(high.color, 300, 50, 301, 150));
  EXPECT_FALSE(picture.has(high.color, 300, 200, 301, 340));
  EXPECT_TRUE(picture.has(low.color, 300, 250, 301, 350));
  EXPECT_FALSE(picture.has(low.color, 300, 50, 301, 200));
}

TEST(Chart, ALineBreaksWhereNothingWasMeasured) {
  const double nan = std::nan("");
  const auto broken = series("orders", 2, {5, 5, 5, nan, nan, nan, nan, nan, nan, nan, 5, 5, 5});
  const auto picture = draw(chart_of({broken}), "gap");
  EXPECT_TRUE(picture.has(broken.color, 60, 40, 130, 350));
  EXPECT_FALSE(picture.has(broken.color, 250, 40, 350, 350));
  EXPECT_TRUE(picture.has(broken.color, 540, 40, 590, 350));
}

TEST(Chart, StackedSeriesStandOnEachOther) {
  auto chart = chart_of({series("2xx", 0, std::vector<double>(13, 50)),
                         series("5xx", 3, std::vector<double>(13, 50))});
  chart.stacked = true;
  chart.left.min = 0;
  chart.left.max = 100;
  const auto picture = draw(chart, "stacked");
  const Color upper = picture.at(300, 120), lower = picture.at(300, 300);
  EXPECT_GT(upper.red, upper.blue);  // the red one is above
  EXPECT_GT(lower.blue, lower.red);
}

TEST(Chart, AnnotationsAndBothAxes) {
  auto first = series("CPUUtilization", 0, wave(55, 30, 0));
  auto second = series("RequestCount", 1, wave(24'000, 12'000, 2));
  second.right_axis = true;
  auto chart = chart_of({first, second});
  chart.title = "ohmycoins-prod: CPU and requests";
  chart.left = {0, 100, "Percent"};
  chart.right.label = "Requests a minute";
  chart.horizontal.push_back({80, {}, "alarm at 80", *parse_color("#d62728"), Fill::kAbove, false});
  chart.vertical.push_back({kStart + 20min, {}, "deploy", *parse_color("#2ca02c"), Fill::kNone});
  const auto picture = draw(chart, "annotations");
  EXPECT_TRUE(picture.has(*parse_color("#d62728"), 60, 60, 560, 200));
  EXPECT_TRUE(picture.has(*parse_color("#2ca02c"), 200, 60, 300, 340));
  chart.dark = true;
  chart.legend = Legend::kRight;
  EXPECT_LT(draw(chart, "dark").at(2, 2).red, 0.2);
}

TEST(Chart, OneNumberPerSeries) {
  const auto base = chart_of({series("/api/v1/health", 0, {3, 40}),
                              series("/api/v1/coins", 1, {5, 25}), series("/faults", 2, {1, 12})});
  for (const auto& [view, name] :
       {std::pair{View::kBar, "bar"}, std::pair{View::kPie, "pie"},
        std::pair{View::kGauge, "gauge"}, std::pair{View::kSingleValue, "numbers"}}) {
    auto chart = base;
    chart.view = view;
    chart.sparkline = true;
    chart.left.min = 0;
    chart.left.max = 50;
    const auto picture = draw(chart, name);
    for (const auto& s : base.series) EXPECT_TRUE(picture.has(s.color)) << name << s.label;
  }
}

TEST(Chart, NothingToShowIsStillAPicture) {
  for (const auto view :
       {View::kTimeSeries, View::kBar, View::kPie, View::kGauge, View::kSingleValue}) {
    auto chart = chart_of({});
    chart.view = view;
    EXPECT_EQ(draw(chart, "empty" + std::to_string(static_cast<int>(view))).width, 600);
  }
}

TEST(Chart, EverySizeCanBeDrawn) {
  auto chart = chart_of({series("a", 0, wave(1, 1, 0)), series("b", 1, {1e300, -1e300, 0})});
  chart.title = std::string(300, 'x') + "é\n";
  for (const auto& [width, height] :
       {std::pair{1, 1}, {30, 2000}, {2000, 30}, {2000, 2000}, {60, 60}}) {
    for (const auto view :
         {View::kTimeSeries, View::kBar, View::kPie, View::kGauge, View::kSingleValue}) {
      chart.view = view;
      chart.width = width;
      chart.height = height;
      const auto png = draw_png(chart);
      ASSERT_TRUE(png.has_value()) << png.error();
      EXPECT_EQ(decode(*png).height, height);
    }
  }
}

TEST(Chart, AHundredSeriesLeaveRoomForThePlot) {
  std::vector<Series> many;
  for (std::size_t i = 0; i < 100; ++i) {
    many.push_back(
        series("service-with-a-long-name-" + std::to_string(i), i, wave(50, 30, double(i) / 9)));
  }
  const auto picture = draw(chart_of(many), "many");
  EXPECT_TRUE(picture.has(series_color(0), 60, 40, 590, 200));
}

TEST(Scale, StepsAreRound) {
  EXPECT_EQ(round_step({0, 100}, 4), 25);
  EXPECT_EQ(round_step({0, 7}, 4), 2);
  EXPECT_EQ(round_step({0, 0}, 4), 1);
  EXPECT_EQ(ticks({0, 10}, 5), (std::vector<double>{0, 5, 10}));
  EXPECT_EQ(widened({1, 9}, 5).high, 10);
}

TEST(Scale, NumbersAreShort) {
  EXPECT_EQ(short_number(0, 25), "0");
  EXPECT_EQ(short_number(1500, 500), "1.5k");
  EXPECT_EQ(short_number(3e6, 1e6), "3M");
  EXPECT_EQ(short_number(0.25, 0.05), "0.25");
  EXPECT_EQ(short_number(-20, 5), "-20");
  EXPECT_EQ(full_number(1234.5), "1234.5");
}

TEST(Scale, TimesFallOnTheClocksOfTheZone) {
  const auto ticks = time_ticks(kStart + 7min, kStart + 67min, 0min, 7);
  ASSERT_FALSE(ticks.empty());
  EXPECT_EQ(ticks[0].text, "12:10");
  EXPECT_EQ(ticks[1].text, "12:20");
  EXPECT_EQ(time_ticks(kStart, kStart + 1h, 570min, 7)[0].text, "21:30");
  EXPECT_EQ(time_ticks(kStart, kStart + 240h, 0min, 7)[0].text, "12/01");
}

}  // namespace
}  // namespace seatrial::drivers::chart

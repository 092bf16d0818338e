// What the pictures of one chart share: colours of the theme, and the views.
#pragma once
#include "drivers/chart/canvas.h"

namespace seatrial::drivers::chart {

struct Theme {
  Color background, text, faint, grid;
};
const Theme &theme_of(const Chart &chart);

void draw_time_series(Canvas &canvas, const Chart &chart, Box box);
void draw_bars(Canvas &canvas, const Chart &chart, Box box);
void draw_pie(Canvas &canvas, const Chart &chart, Box box);
void draw_gauge(Canvas &canvas, const Chart &chart, Box box);
void draw_numbers(Canvas &canvas, const Chart &chart, Box box);

// The series' newest value.
std::optional<double> newest(const Series &series);
void draw_nothing(Canvas &canvas, const Chart &chart,
                  Box box); // "No data available"

} // namespace seatrial::drivers::chart

// Cairo behind a few words: shapes and text on an RGB picture. Not a public
// header of the library.
#pragma once
#include <cairo/cairo.h>

#include <expected>
#include <memory>
#include <span>
#include <string>

#include "drivers/chart/chart.h"

namespace seatrial::drivers::chart {

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

struct Spot {
  double x = 0, y = 0;
};

enum class Align { kLeft, kCenter, kRight };

struct TextStyle {
  double size = 11;
  Align align = Align::kLeft;
  bool bold = false;
};

class Canvas {
public:
  Canvas(int width, int height);

  void fill(const Box &box, Color color, double alpha = 1);
  void line(Spot from, Spot to, Color color, double width = 1,
            bool dashed = false);
  void path(std::span<const Spot> spots, Color color, double width);
  void area(std::span<const Spot> spots, Color color, double alpha); // closed
  void dot(Spot center, double radius, Color color);
  // A ring's part from `from` to `to`, in turns clockwise from the top.
  void ring(Spot center, double inner, double outer, double from, double to,
            Color color);
  // `at` is on the text's base line.
  void text(Spot at, const std::string &words, Color color,
            TextStyle style = {});
  double width_of(const std::string &words, TextStyle style = {});
  // The words, or as many as fit with an ellipsis.
  std::string fitted(const std::string &words, double width,
                     TextStyle style = {});

  void clip(const Box &box);
  void unclip();

  std::expected<std::string, std::string> png();

private:
  void use(Color color, double alpha = 1);
  void use(TextStyle style);

  struct Destroy {
    void operator()(cairo_t *c) const { cairo_destroy(c); }
    void operator()(cairo_surface_t *s) const { cairo_surface_destroy(s); }
  };
  std::unique_ptr<cairo_surface_t, Destroy> surface_;
  std::unique_ptr<cairo_t, Destroy> cairo_;
};

} // namespace seatrial::drivers::chart

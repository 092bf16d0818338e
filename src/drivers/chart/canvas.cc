#include "drivers/chart/canvas.h"

#include <cmath>
#include <numbers>

#include "base/utf8.h"

namespace seatrial::drivers::chart {
namespace {

constexpr std::size_t kMaxText = 512;  // bytes of one text; more cannot be seen anyway

// Cairo gives up a whole picture for one bad byte.
std::string drawable(const std::string& words) {
  std::string out = words.substr(0, kMaxText);
  while (!out.empty() && (out.back() & 0xC0) == 0x80 && out.size() < words.size()) out.pop_back();
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return valid_utf8(out) ? out : std::string("?");
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Canvas::Canvas(int width, int height)
    : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      cairo_(cairo_create(surface_.get())) {
  cairo_set_line_join(cairo_.get(), CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cairo_.get(), CAIRO_LINE_CAP_ROUND);
}

void Canvas::use(Color color, double alpha) {
  cairo_set_source_rgba(cairo_.get(), color.red, color.green, color.blue, alpha);
}

void Canvas::use(TextStyle style) {
  cairo_select_font_face(cairo_.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo_.get(), style.size);
}

void Canvas::fill(const Box& box, Color color, double alpha) {
  use(color, alpha);
  cairo_rectangle(cairo_.get(), box.x, box.y, box.width, box.height);
  cairo_fill(cairo_.get());
}

void Canvas::line(Spot from, Spot to, Color color, double width, bool dashed) {
  use(color);
  cairo_set_line_width(cairo_.get(), width);
  const double dash[] = {4, 3};
  cairo_set_dash(cairo_.get(), dash, dashed ? 2 : 0, 0);
  cairo_move_to(cairo_.get(), from.x, from.y);
  cairo_line_to(cairo_.get(), to.x, to.y);
  cairo_stroke(cairo_.get());
  cairo_set_dash(cairo_.get(), dash, 0, 0);
}

void Canvas::path(std::span<const Spot> spots, Color color, double width) {
  use(color);
  cairo_set_line_width(cairo_.get(), width);
  for (const auto& [x, y] : spots) cairo_line_to(cairo_.get(), x, y);
  cairo_stroke(cairo_.get());
}

void Canvas::area(std::span<const Spot> spots, Color color, double alpha) {
  use(color, alpha);
  for (const auto& [x, y] : spots) cairo_line_to(cairo_.get(), x, y);
  cairo_close_path(cairo_.get());
  cairo_fill(cairo_.get());
}

void Canvas::dot(Spot center, double radius, Color color) {
  use(color);
  cairo_new_path(cairo_.get());
  cairo_arc(cairo_.get(), center.x, center.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(cairo_.get());
}

void Canvas::ring(Spot center, double inner, double outer, double from, double to, Color color) {
  const auto angle = [](double turns) { return (turns - 0.25) * 2 * std::numbers::pi; };
  use(color);
  cairo_new_path(cairo_.get());  // text leaves a point that an arc would start from
  cairo_arc(cairo_.get(), center.x, center.y, outer, angle(from), angle(to));
  cairo_arc_negative(cairo_.get(), center.x, center.y, inner, angle(to), angle(from));
  cairo_close_path(cairo_.get());
  cairo_fill(cairo_.get());
}

double Canvas::width_of(const std::string& words, TextStyle style) {
  use(style);
  cairo_text_extents_t extents;
  cairo_text_extents(cairo_.get(), drawable(words).c_str(), &extents);
  return extents.x_advance;
}

void Canvas::text(Spot at, const std::string& words, Color color, TextStyle style) {
  const double width = width_of(words, style);
  if (style.align == Align::kCenter) at.x -= width / 2;
  if (style.align == Align::kRight) at.x -= width;
  use(color);
  cairo_move_to(cairo_.get(), std::round(at.x), std::round(at.y));
  cairo_show_text(cairo_.get(), drawable(words).c_str());
}

std::string Canvas::fitted(const std::string& words, double width, TextStyle style) {
  std::string kept = drawable(words);
  if (width_of(kept, style) <= width) return kept;
  while (!kept.empty() && width_of(kept + "…", style) > width) {
    while (!kept.empty() && (kept.back() & 0xC0) == 0x80) kept.pop_back();
    if (!kept.empty()) kept.pop_back();
  }
  return kept.empty() ? kept : kept + "…";
}

void Canvas::clip(const Box& box) {
  cairo_save(cairo_.get());
  cairo_rectangle(cairo_.get(), box.x, box.y, box.width, box.height);
  cairo_clip(cairo_.get());
}

void Canvas::unclip() { cairo_restore(cairo_.get()); }

std::expected<std::string, std::string> Canvas::png() {
  std::string out;
  auto status = cairo_status(cairo_.get());
  if (status == CAIRO_STATUS_SUCCESS) {
    status = cairo_surface_write_to_png_stream(surface_.get(), append, &out);
  }
  if (status != CAIRO_STATUS_SUCCESS) return std::unexpected(cairo_status_to_string(status));
  return out;
}

}  // namespace seatrial::drivers::chart

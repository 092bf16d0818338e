#include "decide/dashboard/widget_rules.h"

namespace seatrial::decide::dashboard {
namespace {

constexpr std::size_t kManyAnnotations = 1000;  // guess: annotations of one graph

Rule horizontal_annotation() {
  const Rule line = object({.known = {{"color", pattern("^#[0-9a-fA-F]{6}$", is_color)},
                                      {"fill", one_of({"above", "below", "none", "between"})},
                                      {"label", text()},
                                      {"value", number()},
                                      {"visible", boolean()},
                                      {"yAxis", one_of({"left", "right"})}},
                            .required = {"value"}});
  const Rule band = list(line, 2, 2);
  return [=](const Value& value, const std::string& path, Verdict& verdict) {
    (value.is_array() ? band : line)(value, path, verdict);
  };
}

Rule vertical_annotation() {
  const Rule line = object({.known = {{"color", pattern("^#[0-9a-fA-F]{6}$", is_color)},
                                      {"fill", one_of({"before", "after", "none", "between"})},
                                      {"label", text()},
                                      {"value", pattern("date-time", is_time)},
                                      {"visible", boolean()}},
                            .required = {"value"}});
  const Rule band = list(line, 2, 2);
  return [=](const Value& value, const std::string& path, Verdict& verdict) {
    (value.is_array() ? band : line)(value, path, verdict);
  };
}

Rule axis() {
  return object(
      {.known = {
           {"label", text()}, {"max", number()}, {"min", number()}, {"showUnits", boolean()}}});
}

}  // namespace

Rule annotations() {
  return object({.known = {{"alarms", list(pattern("^arn:", is_arn), 1, 1)},
                           {"horizontal", list(horizontal_annotation(), 0, kManyAnnotations)},
                           {"vertical", list(vertical_annotation(), 0, kManyAnnotations)}}});
}

Rule axes() { return object({.known = {{"left", axis()}, {"right", axis()}}}); }

}  // namespace seatrial::decide::dashboard

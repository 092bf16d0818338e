// Metric math for tests: series written as the user guide writes them, "[30, -, 0]", one value a
// minute, a dash where there is none.
#pragma once
#include <fmt/format.h>

#include <map>

#include "metrics/math/evaluate.h"
#include "metrics/math/parser.h"

namespace seatrial::metrics::math {

class PaperSurroundings final : public Surroundings {
 public:
  explicit PaperSurroundings(std::size_t minutes) : minutes_(minutes) {}

  void set(const std::string& id, std::vector<std::optional<double>> values) {
    Series series;
    series.id = series.label = id;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i]) series.points.push_back({at(i), *values[i]});
    metrics_.emplace_back(id, std::move(series));
  }
  static std::int64_t at(std::size_t minute) {
    return 1'767'225'600 + static_cast<std::int64_t>(minute) * 60;  // Thursday, 1 January 2026
  }

  Result value_of(const std::string& id) override {
    for (const auto& [name, series] : metrics_)
      if (name == id) return series;
    return std::unexpected("Undefined id '" + id + "'");
  }
  Array metrics() override {
    Array all;
    for (const auto& [name, series] : metrics_) all.push_back(series);
    return all;
  }
  std::expected<Array, std::string> search(const std::string&, const std::string&,
                                           std::optional<int>) override {
    return Array{};
  }
  std::expected<Array, std::string> band(const Series& metric, double) override {
    return Array{metric, metric};
  }
  std::expected<double, std::string> quota(const Series&) override { return 50; }
  Window window() const override { return {at(0), at(minutes_)}; }
  int period_s() const override { return 60; }

  std::string text(const Series& series) const {
    std::string out;
    std::size_t next = 0;
    for (std::size_t minute = 0; minute < minutes_; ++minute) {
      const bool here = next < series.points.size() && series.points[next].at == at(minute);
      out += (minute == 0 ? "" : ", ") +
             (here ? fmt::format("{:g}", series.points[next++].value) : "-");
    }
    return "[" + out + "]";
  }
  std::string text(const Value& value) const {
    if (const auto* scalar = std::get_if<double>(&value)) return fmt::format("{:g}", *scalar);
    if (const auto* series = std::get_if<Series>(&value)) return text(*series);
    std::string out;
    for (const auto& series : std::get<Array>(value))
      out += (out.empty() ? "" : " ") + text(series);
    return out;
  }

  // The result as text, or "error: ...".
  std::string operator()(std::string_view expression) {
    const auto tree = parse(expression);
    if (!tree) return "error: " + tree.error();
    const auto value = Evaluator(*this)(*tree);
    return value ? text(*value) : "error: " + value.error();
  }

 private:
  std::size_t minutes_;
  std::vector<std::pair<std::string, Series>> metrics_;
};

}  // namespace seatrial::metrics::math

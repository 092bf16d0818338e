#include "metrics/label.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "metrics/math/reduce.h"

namespace seatrial::metrics {
namespace {

using math::Point;
using math::Reduction;
using math::Series;

constexpr int kMaxDynamic = 5;  // statistical values in one label

// guess: the shortest text of at most six digits; AWS documents no format.
std::string number_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "--";
}

// guess: ISO 8601 in the asked-for offset.
std::string time_text(std::int64_t at, const LabelFacts& facts) {
  auto text = format_iso8601_seconds(from_ms((at + facts.offset_min * 60LL) * 1000));
  if (facts.offset_min == 0) return text;
  text.pop_back();
  const int minutes = std::abs(facts.offset_min);
  return text +
         fmt::format("{}{:02}:{:02}", facts.offset_min < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string span_text(std::int64_t seconds) {
  const auto s = std::abs(seconds);
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m {}s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}h {}m", s / 3600, s % 3600 / 60);
  return fmt::format("{}d {}h", s / 86400, s % 86400 / 3600);
}

const Point& lowest(const Series& s) {
  return *std::min_element(s.points.begin(), s.points.end(),
                           [](const Point& a, const Point& b) { return a.value < b.value; });
}
const Point& highest(const Series& s) {
  return *std::max_element(s.points.begin(), s.points.end(),
                           [](const Point& a, const Point& b) { return a.value < b.value; });
}
const Point& oldest(const Series& s) { return s.points.front(); }
const Point& newest(const Series& s) { return s.points.back(); }

using Part = std::function<std::string(const Series&, const LabelFacts&)>;

// Each is asked only of a series with points.
void add_point(std::map<std::string, Part, std::less<>>& to, const std::string& name,
               const Point& (*point)(const Series&)) {
  to[name] = [point](const Series& s, const LabelFacts&) { return number_text(point(s).value); };
  to[name + "_TIME"] = [point](const Series& s, const LabelFacts& f) {
    return time_text(point(s).at, f);
  };
  to[name + "_TIME_RELATIVE"] = [point](const Series& s, const LabelFacts& f) {
    return span_text(f.now_s - point(s).at);
  };
}

void add_reduction(std::map<std::string, Part, std::less<>>& to, const std::string& name,
                   Reduction how) {
  to[name] = [how](const Series& s, const LabelFacts&) {
    return number_text(math::reduce(how, s));
  };
}

const std::map<std::string, Part, std::less<>>& parts() {
  static const auto kParts = [] {
    std::map<std::string, Part, std::less<>> parts;
    add_reduction(parts, "AVG", Reduction::kAverage);
    add_reduction(parts, "SUM", Reduction::kSum);
    add_reduction(parts, "DATAPOINT_COUNT", Reduction::kCount);
    add_point(parts, "MIN", lowest);
    add_point(parts, "MAX", highest);
    add_point(parts, "FIRST", oldest);
    add_point(parts, "LAST", newest);
    parts["FIRST_LAST_RANGE"] = [](const Series& s, const LabelFacts&) {
      return number_text(newest(s).value - oldest(s).value);
    };
    parts["FIRST_LAST_TIME_RANGE"] = [](const Series& s, const LabelFacts&) {
      return span_text(newest(s).at - oldest(s).at);
    };
    parts["MIN_MAX_RANGE"] = [](const Series& s, const LabelFacts&) {
      return number_text(highest(s).value - lowest(s).value);
    };
    parts["MIN_MAX_TIME_RANGE"] = [](const Series& s, const LabelFacts&) {
      return span_text(highest(s).at - lowest(s).at);
    };
    return parts;
  }();
  return kParts;
}

// The property's name in PROP('name'), or nothing.
std::optional<std::string_view> property(std::string_view expression) {
  if (!expression.starts_with("PROP('") || !expression.ends_with("')")) return std::nullopt;
  return expression.substr(6, expression.size() - 8);
}

bool is_property(std::string_view name) {
  static const std::set<std::string_view> kNames{"AccountId", "MetricName", "Namespace",
                                                 "Period",    "Region",     "Stat"};
  return kNames.contains(name) || (name.starts_with("Dim.") && name.size() > 4);
}

std::string property_text(std::string_view name, const Series& series, const LabelFacts& facts) {
  if (name == "Region") return facts.region;
  if (name == "AccountId") return facts.account;
  if (name == "Period") return std::to_string(series.period_s);
  if (!series.origin) return "";
  const auto& metric = series.origin->metric;
  if (name == "Stat") return series.origin->statistic;
  if (name == "MetricName") return metric.name;
  if (name == "Namespace") return metric.name_space;
  for (const auto& d : metric.dimensions)
    if (name.substr(4) == d.name) return d.value;
  return "";
}

// Calls with each text between, and each expression in, "${...}".
template <class Text, class Expression>
void split(std::string_view label, Text&& text, Expression&& expression) {
  while (true) {
    const auto open = label.find("${");
    const auto close = open == std::string_view::npos ? open : label.find('}', open);
    if (close == std::string_view::npos) return text(label);
    text(label.substr(0, open));
    expression(label.substr(open + 2, close - open - 2));
    label.remove_prefix(close + 1);
  }
}

std::string part_text(std::string_view expression, const Series& series, const LabelFacts& facts) {
  if (expression == "LABEL") return series.label;
  if (const auto name = property(expression)) return property_text(*name, series, facts);
  if (series.points.empty()) return "--";
  return parts().find(expression)->second(series, facts);
}

}  // namespace

bool is_dynamic(std::string_view label) { return label.find("${") != std::string_view::npos; }

std::expected<void, std::string> check_label(std::string_view label) {
  int dynamic = 0, labels = 0;
  std::string unknown;
  split(
      label, [](std::string_view) {},
      [&](std::string_view expression) {
        const auto name = property(expression);
        if (expression == "LABEL")
          ++labels;
        else if (name && is_property(*name))
          return;
        else if (parts().contains(expression))
          ++dynamic;
        else if (unknown.empty())
          unknown = expression;
      });
  if (!unknown.empty()) return std::unexpected("Invalid dynamic label: ${" + unknown + "}");
  if (labels > 1) return std::unexpected("A label can use ${LABEL} only once");
  if (dynamic > kMaxDynamic) {
    return std::unexpected(fmt::format("A label can have at most {} dynamic values", kMaxDynamic));
  }
  return {};
}

std::string expand_label(std::string_view label, const Series& series, const LabelFacts& facts) {
  std::string result;
  split(
      label, [&](std::string_view text) { result += text; },
      [&](std::string_view expression) { result += part_text(expression, series, facts); });
  return result;
}

// guess: AWS's own default labels are documented by example only.
void label_apart(math::Array& found) {
  std::set<std::string> spaces, names;
  std::map<std::string, std::set<std::string>> values;
  for (const auto& series : found) {
    const auto& metric = series.origin->metric;
    spaces.insert(metric.name_space);
    names.insert(metric.name);
    for (const auto& d : metric.dimensions) values[d.name].insert(d.value);
  }
  for (auto& series : found) {
    const auto& metric = series.origin->metric;
    std::vector<std::string> words;
    if (spaces.size() > 1) words.push_back(metric.name_space);
    for (const auto& d : metric.dimensions)
      if (values[d.name].size() > 1) words.push_back(d.value);
    if (names.size() > 1 || words.empty()) words.push_back(metric.name);
    series.label = fmt::format("{}", fmt::join(words, " "));
  }
}

}  // namespace seatrial::metrics

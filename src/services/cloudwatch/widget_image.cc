#include "services/cloudwatch/widget_image.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "decide/dashboard/dashboard.h"
#include "services/cloudwatch/errors.h"

namespace seatrial::services::cloudwatch {
namespace {

namespace chart = drivers::chart;
using decide::dashboard::MetricRow;
using room::Outcome;

constexpr std::size_t kMaxWidgetBytes = 100'000;  // API_GetMetricWidgetImage: 100 KB
constexpr int kDefaultPeriod = 300;

// guess: the code and the first words; AWS documents neither for this operation.
auto invalid_widget(std::string message) {
  return model::fail("ValidationError", std::move(message));
}
auto not_drawn(std::string_view what) {
  return invalid_widget(fmt::format("Seatrial does not draw {}; no image was made.", what));
}

const Value* at(const Value& v, std::initializer_list<std::string_view> path) {
  const Value* found = &v;
  for (const auto name : path) {
    found = find_member(*found, name);
    if (found == nullptr) return nullptr;
  }
  return found;
}
bool is_true(const Value& v, std::string_view name) {
  const Value* found = find_member(v, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}
int number_or(const Value& v, std::string_view name, int otherwise) {
  const Value* found = find_member(v, name);
  return found == nullptr ? otherwise : static_cast<int>(found->get_int64());
}
std::optional<double> real(const Value& v, std::string_view name) {
  const Value* found = find_member(v, name);
  if (found == nullptr) return std::nullopt;
  return found->to_number<double>();
}

// ---- times

// "-P1DT2H30M" as the time that long ago; months have 30 days (guess).
std::optional<Millis> duration_of(std::string_view text) {
  if (!text.starts_with("-P")) return std::nullopt;
  Millis sum{0};
  bool in_time = false;
  for (std::size_t i = 2; i < text.size();) {
    if (text[i] == 'T') {
      in_time = true;
      ++i;
      continue;
    }
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), count);
    if (error != std::errc{} || end == text.data() + text.size() || count > 100'000) return {};
    const std::map<char, Millis> units{
        {'M', in_time ? Millis{std::chrono::minutes{1}} : Millis{std::chrono::days{30}}},
        {'H', std::chrono::hours{1}},
        {'D', std::chrono::days{1}},
        {'W', std::chrono::days{7}}};
    const auto unit = units.find(*end);
    if (unit == units.end()) return std::nullopt;
    sum += count * unit->second;
    i = static_cast<std::size_t>(end - text.data()) + 1;
  }
  return sum;
}

Outcome<Time> time_of(std::string_view text, std::string_view name, Time now) {
  if (const auto ago = duration_of(text)) return now - *ago;
  if (const auto time = parse_time(text)) return *time;
  return invalid_widget(fmt::format("The {} \"{}\" of the metric widget is no time.", name, text));
}

std::chrono::minutes offset_of(std::string_view zone) {
  if (zone.size() != 5) return std::chrono::minutes{0};  // "UTC", "LOCAL": the server's is UTC
  const int digits = std::stoi(std::string(zone.substr(1)));
  const std::chrono::minutes minutes{digits / 100 * 60 + digits % 100};
  return zone[0] == '-' ? -minutes : minutes;
}

// ---- queries

// What tells the rows apart, as CloudWatch labels metrics without a label (guess: the exact rule):
// the name, unless all have the same one and differ elsewhere.
std::string default_label(const MetricRow& row, const std::vector<MetricRow>& all) {
  std::set<std::string> names, spaces, stats;
  for (const auto& other : all) {
    if (!other.expression.empty()) continue;
    names.insert(other.name);
    spaces.insert(other.name_space);
    stats.insert(other.stat);
  }
  std::string label;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) label += (label.empty() ? "" : " ") + part;
  };
  if (spaces.size() > 1) add(row.name_space);
  for (const auto& [name, value] : row.dimensions) {
    const bool shared = std::ranges::all_of(all, [&](const MetricRow& other) {
      return !other.expression.empty() ||
             std::ranges::find(other.dimensions, std::pair{name, value}) != other.dimensions.end();
    });
    if (!shared) add(value);
  }
  if (names.size() > 1 || label.empty()) add(row.name);
  if (stats.size() > 1) add(row.stat);
  return label;
}

metrics::DataQuery widget_query_of(const MetricRow& row, std::size_t index,
                                   const WidgetImage& image, const Value& widget,
                                   const std::vector<MetricRow>& all) {
  metrics::DataQuery query;
  query.id = row.id.empty() ? fmt::format("row{}_of_widget", index) : row.id;
  query.label = row.label;
  query.return_data = row.visible;
  const int period = row.period_s.value_or(number_or(widget, "period", kDefaultPeriod));
  if (!row.expression.empty()) {
    query.expression = row.expression;
    query.period_s = period;
    return query;
  }
  const std::string_view common = text_member(widget, "stat");
  const std::string statistic =
      !row.stat.empty() ? row.stat : std::string(common.empty() ? "Average" : common);
  metrics::SeriesId series{
      row.region.empty() ? image.region : row.region, row.name_space, row.name, {}, ""};
  for (const auto& [name, value] : row.dimensions) series.dimensions.push_back({name, value});
  query.stat = metrics::DataQuery::Stat{std::move(series), period, statistic};
  if (query.label.empty()) query.label = default_label(row, all);
  return query;
}

Outcome<void> read_rows(WidgetImage& image, const Value& widget, const std::string& account) {
  const Value* given = find_member(widget, "metrics");
  const auto rows = decide::dashboard::expand_rows(given == nullptr ? Array{} : given->get_array());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const MetricRow& row = rows[i];
    if (!row.account.empty() && row.account != account)
      return not_drawn("metrics of other accounts");
    if (!row.expression.empty() && !row.region.empty() && row.region != image.region) {
      return not_drawn("expressions of another region than the widget's");
    }
    image.queries.push_back(widget_query_of(row, i, image, widget, rows));
    image.looks[image.queries.back().id] = {chart::parse_color(row.color), row.right_axis};
  }
  if (image.looks.size() < rows.size()) return invalid_widget("Two metrics have the same id.");
  return {};
}

// ---- an alarm

std::string comparison_of(const std::string& name) {
  static const std::map<std::string_view, std::string_view> kSigns{
      {"GreaterThanOrEqualToThreshold", ">="},
      {"GreaterThanThreshold", ">"},
      {"LessThanThreshold", "<"},
      {"LessThanOrEqualToThreshold", "<="}};
  const auto found = kSigns.find(name);
  return found == kSigns.end() ? name : std::string(found->second);
}

// The alarm's threshold as a line; and its metric, when the widget has none of its own.
Outcome<void> read_alarm(WidgetImage& image, const Value& widget, const AlarmLookup& alarm_of) {
  const Value* arns = at(widget, {"annotations", "alarms"});
  if (arns == nullptr) return {};
  const auto arn = as_view(arns->get_array()[0].get_string());
  const auto* alarm = alarm_of(arn);
  if (alarm == nullptr) return invalid_widget(fmt::format("There is no metric alarm {}.", arn));
  if (!alarm->MetricName || !alarm->Threshold) {
    return not_drawn("alarms on expressions (annotations.alarms)");
  }
  const int periods = alarm->EvaluationPeriods.value_or(1);
  const int datapoints = alarm->DatapointsToAlarm.value_or(periods);
  const int period = alarm->Period.value_or(kDefaultPeriod);
  chart::HorizontalLine line;
  line.value = *alarm->Threshold;
  line.label = fmt::format("{} {} {} for {} datapoints within {} minutes", *alarm->MetricName,
                           comparison_of(alarm->ComparisonOperator.value_or("")), *alarm->Threshold,
                           datapoints, periods * period / 60);
  image.chart.horizontal.push_back(std::move(line));
  if (!image.queries.empty()) return {};
  metrics::SeriesId series{image.region,
                           alarm->Namespace.value_or(""),
                           *alarm->MetricName,
                           {},
                           alarm->Unit.value_or("")};
  for (const auto& d : alarm->Dimensions) series.dimensions.push_back({d.Name, d.Value});
  metrics::DataQuery query{.id = "metric_of_alarm", .label = *alarm->MetricName};
  query.stat = metrics::DataQuery::Stat{
      std::move(series), period, alarm->Statistic.value_or(alarm->ExtendedStatistic.value_or(""))};
  image.looks[query.id] = {};
  image.queries.push_back(std::move(query));
  return {};
}

// ---- the chart

Outcome<void> refuse_what_is_not_drawn(const Value& widget, const std::string& account) {
  if (find_member(widget, "metrics") == nullptr &&
      at(widget, {"annotations", "alarms"}) == nullptr) {
    return invalid_widget("The metric widget should have required property 'metrics'");
  }
  const auto owner = text_member(widget, "accountId");
  if (!owner.empty() && owner != account) return not_drawn("metrics of other accounts");
  if (text_member(widget, "view") == "table") return not_drawn("the view \"table\"");
  if (is_true(widget, "trend")) return not_drawn("the trend of single values");
  if (is_true(widget, "setPeriodToTimeRange")) return not_drawn("setPeriodToTimeRange");
  const Value* axes = find_member(widget, "yAxis");
  for (const char* side : {"left", "right"}) {
    const Value* axis = axes == nullptr ? nullptr : find_member(*axes, side);
    if (axis != nullptr && is_true(*axis, "showUnits")) return not_drawn("yAxis units");
  }
  return {};
}

chart::View view_of(std::string_view name) {
  if (name == "bar") return chart::View::kBar;
  if (name == "pie") return chart::View::kPie;
  if (name == "gauge") return chart::View::kGauge;
  if (name == "singleValue") return chart::View::kSingleValue;
  return chart::View::kTimeSeries;
}

chart::Fill fill_of(std::string_view name) {
  static const std::map<std::string_view, chart::Fill> kFills{{"above", chart::Fill::kAbove},
                                                              {"below", chart::Fill::kBelow},
                                                              {"between", chart::Fill::kBetween},
                                                              {"before", chart::Fill::kBefore},
                                                              {"after", chart::Fill::kAfter}};
  const auto found = kFills.find(name);
  return found == kFills.end() ? chart::Fill::kNone : found->second;
}

chart::Axis axis_of(const Value& widget, std::string_view side) {
  const Value* axis = at(widget, {"yAxis", side});
  if (axis == nullptr) return {};
  return {real(*axis, "min"), real(*axis, "max"), std::string(text_member(*axis, "label"))};
}

const Value* visible_annotation(const Value& entry) {  // a line, or the first of a band
  const Value& first = entry.is_array() ? entry.get_array()[0] : entry;
  const Value* visible = find_member(first, "visible");
  return visible != nullptr && !visible->get_bool() ? nullptr : &first;
}

void read_horizontal(chart::Chart& out, const Value& widget) {
  const Value* list = at(widget, {"annotations", "horizontal"});
  if (list == nullptr) return;
  for (const Value& entry : list->get_array()) {
    const Value* first = visible_annotation(entry);
    if (first == nullptr) continue;
    chart::HorizontalLine line;
    line.value = *real(*first, "value");
    if (entry.is_array()) line.other = real(entry.get_array()[1], "value");
    line.label = text_member(*first, "label");
    line.color = chart::parse_color(text_member(*first, "color")).value_or(line.color);
    line.fill = fill_of(text_member(*first, "fill"));
    line.right_axis = text_member(*first, "yAxis") == "right";
    out.horizontal.push_back(std::move(line));
  }
}

Outcome<void> read_vertical(chart::Chart& out, const Value& widget, Time now) {
  const Value* list = at(widget, {"annotations", "vertical"});
  if (list == nullptr) return {};
  for (const Value& entry : list->get_array()) {
    const Value* first = visible_annotation(entry);
    if (first == nullptr) continue;
    chart::VerticalLine line;
    const auto at = time_of(text_member(*first, "value"), "annotation", now);
    if (!at) return std::unexpected(at.error());
    line.at = *at;
    if (entry.is_array()) {
      const auto other = time_of(text_member(entry.get_array()[1], "value"), "annotation", now);
      if (!other) return std::unexpected(other.error());
      line.other = *other;
    }
    line.label = text_member(*first, "label");
    line.color = chart::parse_color(text_member(*first, "color")).value_or(line.color);
    line.fill = fill_of(text_member(*first, "fill"));
    out.vertical.push_back(std::move(line));
  }
  return {};
}

Outcome<void> read_times(chart::Chart& out, const Value& widget, Time now) {
  const auto or_else = [&](std::string_view name, std::string_view otherwise) {
    const auto given = text_member(widget, name);
    return given.empty() ? otherwise : given;
  };
  const auto start = time_of(or_else("start", "-PT3H"), "start", now);
  const auto end = time_of(or_else("end", "-PT0H"), "end", now);
  if (!start) return std::unexpected(start.error());
  if (!end) return std::unexpected(end.error());
  if (*start >= *end)
    return invalid_widget("The start of the metric widget must be before its end.");
  out.start = *start;
  out.end = *end;
  out.offset = offset_of(text_member(widget, "timezone"));
  return {};
}

void read_looks(chart::Chart& out, const Value& widget) {
  out.view = view_of(text_member(widget, "view"));
  out.width = number_or(widget, "width", 600);
  out.height = number_or(widget, "height", 400);
  out.title = text_member(widget, "title");
  out.stacked = is_true(widget, "stacked");
  out.dark = text_member(widget, "theme") == "dark";
  out.sparkline = is_true(widget, "sparkline");
  out.full_precision = is_true(widget, "singleValueFullPrecision");
  const Value* labels = find_member(widget, "labels");
  out.labels_on_chart = labels == nullptr || is_true(*labels, "visible");
  const Value* legend = at(widget, {"legend", "position"});
  const std::string_view position = legend == nullptr ? "" : as_view(legend->get_string());
  if (position == "right") out.legend = chart::Legend::kRight;
  if (position == "hidden") out.legend = chart::Legend::kHidden;
  out.left = axis_of(widget, "left");
  out.right = axis_of(widget, "right");
}

Outcome<Value> checked(std::string_view text) {
  if (text.size() > kMaxWidgetBytes) {
    return invalid_widget(
        fmt::format("The metric widget must have at most {} bytes.", kMaxWidgetBytes));
  }
  auto widget = parse_json(text);
  if (!widget || !widget->is_object()) {
    return invalid_widget("The field MetricWidget must be a valid JSON object");
  }
  auto verdict = decide::dashboard::check_metric_widget(*widget);
  for (auto& warning : verdict.warnings) verdict.errors.push_back(std::move(warning));
  if (!verdict.errors.empty()) {
    return invalid_widget(decide::dashboard::refusal(verdict, "metric widget"));
  }
  return std::move(*widget);
}

}  // namespace

Outcome<WidgetImage> read_widget(const room::Context& context, std::string_view text,
                                 const AlarmLookup& alarm_of) {
  const auto widget = checked(text);
  if (!widget) return std::unexpected(widget.error());
  if (auto ok = refuse_what_is_not_drawn(*widget, context.account); !ok) {
    return std::unexpected(ok.error());
  }
  WidgetImage image;
  const auto region = text_member(*widget, "region");
  image.region = region.empty() ? context.region : std::string(region);
  read_looks(image.chart, *widget);
  read_horizontal(image.chart, *widget);
  if (auto ok = read_times(image.chart, *widget, context.now); !ok)
    return std::unexpected(ok.error());
  if (auto ok = read_vertical(image.chart, *widget, context.now); !ok) {
    return std::unexpected(ok.error());
  }
  if (auto ok = read_rows(image, *widget, context.account); !ok) return std::unexpected(ok.error());
  if (auto ok = read_alarm(image, *widget, alarm_of); !ok) return std::unexpected(ok.error());
  return image;
}

void add_series(WidgetImage& image, const std::vector<metrics::DataResult>& results) {
  for (const auto& result : results) {
    const auto& look = image.looks[result.id];
    chart::Series series{result.label,
                         look.color.value_or(chart::series_color(image.chart.series.size())),
                         {},
                         result.period_s,
                         look.right_axis};
    for (const auto& point : result.points) series.points.push_back({point.at, point.value});
    image.chart.series.push_back(std::move(series));
  }
}

}  // namespace seatrial::services::cloudwatch

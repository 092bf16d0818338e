#include "metrics/data_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "metrics/anomaly.h"
#include "metrics/bucket.h"
#include "metrics/label.h"
#include "metrics/math/functions.h"
#include "metrics/math/parser.h"
#include "metrics/math/search.h"
#include "metrics/select_run.h"
#include "metrics/statistic.h"

namespace seatrial::metrics {
namespace {

using math::Series;
template <class T>
using OrProblem = std::expected<T, DataProblem>;

constexpr std::int64_t kMaxPeriods = 100'800;     // in the window of an expression
constexpr std::chrono::hours kSearched{14 * 24};  // metrics without data for longer are not found

std::int64_t epoch_seconds(Time t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}
Time floor_to(Time t, int period_s) {
  const auto s = epoch_seconds(t);
  return from_ms((s - s % period_s) * 1000);
}

std::unexpected<DataProblem> problem(const DataQuery& query, std::string message) {
  return std::unexpected(DataProblem{query.id, std::move(message)});
}
std::unexpected<DataProblem> expression_problem(const DataQuery& query, const std::string& what) {
  return problem(query, fmt::format("Error in expression '{}': {}", query.id, what));
}

bool is_id(std::string_view id) {
  if (id.empty() || id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void merge(Aggregate& into, const Aggregate& from) {
  into.count += from.count;
  into.sum += from.sum;
  into.min = std::min(into.min, from.min);
  into.max = std::max(into.max, from.max);
  if (into.values && from.values) {
    into.values->insert(into.values->end(), from.values->begin(), from.values->end());
    settle(*into.values);
  } else {
    into.values.reset();
  }
}

std::vector<DataPoint> read_points(Engine& engine, const SeriesId& id, const Statistic& statistic,
                                   Time start, Time end, int period_s, bool from_start) {
  const Time from = floor_to(start, from_start ? std::min(period_s, 60) : period_s);
  std::vector<DataPoint> points;
  if (statistic.is_simple()) {
    const auto periods = engine.read_totals(id, from, end, period_s);
    points.reserve(periods.size());
    for (const auto& period : periods)
      points.push_back({from_ms(period.at * 1000LL), statistic.of(period), period.count});
    return points;
  }
  std::vector<Aggregate> periods;
  for (auto& aggregate : engine.read(id, from, end, period_s, true)) {
    if (!periods.empty() && periods.back().start == aggregate.start) {
      merge(periods.back(), aggregate);
    } else {
      periods.push_back(std::move(aggregate));
    }
  }
  for (const auto& period : periods) {
    if (const auto value = statistic.of(period))
      points.push_back({period.start, *value, period.count});
  }
  return points;
}

Series series_of(const std::vector<DataPoint>& points, const MetricName& metric,
                 const std::string& statistic, int period_s) {
  Series series;
  series.period_s = period_s;
  series.label = metric.name;
  series.origin = std::make_shared<math::Origin>(math::Origin{metric, statistic});
  series.points.reserve(points.size());
  for (const auto& point : points) series.points.push_back({epoch_seconds(point.at), point.value});
  return series;
}

MetricName metric_of(const SeriesId& id) {
  MetricName metric{id.name_space, id.name, id.dimensions};
  std::sort(metric.dimensions.begin(), metric.dimensions.end());
  return metric;
}

std::string too_long() {
  return fmt::format("The time range holds more than {} periods", kMaxPeriods);
}

struct Parsed {  // by the query's id
  std::map<std::string, math::Node> trees;
  std::map<std::string, math::Select> selects;
};

OrProblem<void> check_stat(const DataQuery& query) {
  if (!query.expression.empty()) {
    return problem(query, "The query '" + query.id + "' has both MetricStat and Expression.");
  }
  if (!is_period(query.stat->period_s)) {
    return problem(query, fmt::format("The value {} for parameter Period of '{}' is invalid: it "
                                      "must be 1, 5, 10, 20, 30 or a multiple of 60.",
                                      query.stat->period_s, query.id));
  }
  if (!Statistic::parse(query.stat->statistic)) {
    return problem(query, fmt::format("The value {} for parameter Stat of '{}' is not a valid "
                                      "statistic.",
                                      query.stat->statistic, query.id));
  }
  return {};
}

OrProblem<void> parse_select(const DataQuery& query, Parsed& parsed) {
  if (!parsed.selects.empty())
    return problem(query, "Only one Metrics Insights query is allowed in a request.");
  auto select = math::Select::parse(query.expression);
  if (!select) return expression_problem(query, select.error());
  parsed.selects.emplace(query.id, std::move(*select));
  return {};
}

OrProblem<void> check_expression(const DataQuery& query, Parsed& parsed) {
  if (query.expression.empty()) {
    return problem(query, "The query '" + query.id + "' has neither MetricStat nor Expression.");
  }
  if (query.period_s != 0 && !is_period(query.period_s)) {
    return problem(query, fmt::format("The value {} for parameter Period of '{}' is invalid.",
                                      query.period_s, query.id));
  }
  if (math::is_select(query.expression)) return parse_select(query, parsed);
  auto tree = math::parse(query.expression);
  if (!tree) return expression_problem(query, tree.error());
  parsed.trees.emplace(query.id, std::move(*tree));
  return {};
}

OrProblem<Parsed> parse_all(std::span<const DataQuery> queries) {
  std::set<std::string> ids;
  Parsed parsed;
  for (const auto& query : queries) {
    if (!is_id(query.id)) {
      return problem(query, "The value " + query.id +
                                " for parameter Id is invalid: it must begin with a lowercase "
                                "letter and hold letters, numbers and underscores only.");
    }
    if (!ids.insert(query.id).second) {
      return problem(
          query, "The ids in MetricDataQueries must be unique; '" + query.id + "' is there twice.");
    }
    if (auto ok = check_label(query.label); !ok) return problem(query, ok.error() + ".");
    auto ok = query.stat ? check_stat(query) : check_expression(query, parsed);
    if (!ok) return std::unexpected(ok.error());
  }
  for (const auto& query : queries) {
    std::set<std::string> used;
    if (const auto tree = parsed.trees.find(query.id); tree != parsed.trees.end())
      math::collect_ids(tree->second, used);
    for (const auto& id : used) {
      if (!ids.contains(id)) return expression_problem(query, "Undefined id '" + id + "'");
    }
  }
  return parsed;
}

class Run final : public math::Surroundings {
 public:
  Run(Engine& engine, const std::string& region, std::span<const DataQuery> queries, Time start,
      Time end, const RunOptions& options, Parsed parsed)
      : engine_(engine),
        region_(region),
        queries_(queries),
        start_(start),
        end_(end),
        options_(options),
        parsed_(std::move(parsed)) {
    for (const auto& [id, tree] : parsed_.trees) math::collect_ids(tree, used_);
  }

  OrProblem<std::vector<DataResult>> results();

  math::Result value_of(const std::string& id) override;
  math::Array metrics() override;
  std::expected<math::Array, std::string> search(const std::string& text,
                                                 const std::string& statistic,
                                                 std::optional<int> period_s) override;
  std::expected<math::Array, std::string> band(const Series& metric, double deviations) override;
  std::expected<double, std::string> quota(const Series& metric) override;
  math::Window window() const override { return {epoch_seconds(start_), epoch_seconds(end_)}; }
  int period_s() const override;

 private:
  const DataQuery& query_of(const std::string& id) const;
  const std::vector<DataPoint>& points_of(const DataQuery& query);
  Series metric_series(const DataQuery& query);
  OrProblem<void> add_results(const DataQuery& query, std::vector<DataResult>& to);
  DataResult result_of(const DataQuery& query, Series series, bool of_many) const;
  math::Result selected(const math::Select& select);
  math::Array found(const math::Search& search, const Statistic& how, const std::string& statistic,
                    int period_s);

  Engine& engine_;
  const std::string& region_;
  std::span<const DataQuery> queries_;
  Time start_, end_;
  const RunOptions& options_;
  Parsed parsed_;
  std::map<std::string, std::vector<DataPoint>> points_;  // of metrics, by id
  std::set<std::string> used_;                            // by expressions
  std::map<std::string, math::Value> values_;             // of expressions that others use
  std::vector<const DataQuery*> under_way_;               // innermost last
};

const DataQuery& Run::query_of(const std::string& id) const {
  return *std::find_if(queries_.begin(), queries_.end(),
                       [&](const DataQuery& query) { return query.id == id; });
}

const std::vector<DataPoint>& Run::points_of(const DataQuery& query) {
  const auto known = points_.find(query.id);
  if (known != points_.end()) return known->second;
  const auto& stat = *query.stat;
  return points_[query.id] = read_points(engine_, stat.series, *Statistic::parse(stat.statistic),
                                         start_, end_, stat.period_s, options_.from_start);
}

Series Run::metric_series(const DataQuery& query) {
  const auto& stat = *query.stat;
  Series series =
      series_of(points_of(query), metric_of(stat.series), stat.statistic, stat.period_s);
  series.id = query.id;
  if (!query.label.empty() && !is_dynamic(query.label)) series.label = query.label;
  return series;
}

math::Result Run::value_of(const std::string& id) {
  const auto& query = query_of(id);
  if (query.stat) return metric_series(query);
  const auto known = values_.find(id);
  if (known != values_.end()) return known->second;
  if (std::find(under_way_.begin(), under_way_.end(), &query) != under_way_.end()) {
    return std::unexpected("Circular reference to '" + id + "'");
  }
  if (under_way_.size() > math::kMaxDepth) {
    return std::unexpected("The expressions refer to each other too deeply");
  }
  under_way_.push_back(&query);
  const auto select = parsed_.selects.find(id);
  auto value = select != parsed_.selects.end() ? selected(select->second)
                                               : math::Evaluator(*this)(parsed_.trees.at(id));
  under_way_.pop_back();
  if (value) {
    if (auto* series = std::get_if<Series>(&*value)) series->id.clear();
    if (used_.contains(id)) values_[id] = *value;
  }
  return value;
}

math::Array Run::metrics() {
  math::Array all;
  for (const auto& query : queries_)
    if (query.stat) all.push_back(metric_series(query));
  return all;
}

int Run::period_s() const {
  if (!under_way_.empty() && under_way_.back()->period_s != 0) return under_way_.back()->period_s;
  int longest = 0;
  for (const auto& query : queries_)
    if (query.stat) longest = std::max(longest, query.stat->period_s);
  return longest == 0 ? 60 : longest;
}

math::Array Run::found(const math::Search& search, const Statistic& how,
                       const std::string& statistic, int period_s) {
  math::Array results;
  ListQuery all{region_, search.name_space(), "", {}, std::min(start_, end_ - Millis{kSearched})};
  all.also = [&](const SeriesId& id) {
    return search.in_schema(id.name_space, id.dimensions) &&
           search.matches(math::SearchedMetric(id.name_space, id.name, id.dimensions));
  };
  for (const auto& metric : engine_.list(all)) {
    if (results.size() == math::kMaxArray) {
      if (options_.notices != nullptr) options_.notices->metrics = true;
      break;
    }
    const SeriesId id{region_, metric.name_space, metric.name, metric.dimensions, ""};
    const auto points = read_points(engine_, id, how, start_, end_, period_s, options_.from_start);
    results.push_back(series_of(points, metric, statistic, period_s));
  }
  label_apart(results);
  return results;
}

// guess: without a Period, a query has SEARCH's.
math::Result Run::selected(const math::Select& select) {
  const int own = under_way_.back()->period_s;
  const int period = std::max(own != 0 ? own : kExpressionPeriod_s, 60);
  if (start_ < options_.select_since && options_.notices != nullptr)
    options_.notices->time_range = true;
  const Time since = std::max(start_, options_.select_since);
  const SelectFrame frame{region_, options_.account,
                          floor_to(since, options_.from_start ? 60 : period), end_, period};
  auto all = run_select(engine_, select, frame, options_.notices);
  if (select.group_by.empty()) return std::move(all.front());
  return all;
}

std::expected<math::Array, std::string> Run::search(const std::string& text,
                                                    const std::string& statistic,
                                                    std::optional<int> period_s) {
  const auto search = math::Search::parse(text);
  if (!search) return std::unexpected(search.error());
  const auto how = Statistic::parse(statistic);
  if (!how) {
    return std::unexpected("'" + statistic + "' is not a valid statistic");
  }
  const int own = under_way_.empty() ? 0 : under_way_.back()->period_s;
  const int period = period_s.value_or(own != 0 ? own : kExpressionPeriod_s);
  if (!is_period(period)) return std::unexpected(fmt::format("{} is not a valid period", period));
  if ((end_ - start_) / std::chrono::seconds{period} > kMaxPeriods)
    return std::unexpected(too_long());
  return found(*search, *how, statistic, period);
}

std::expected<math::Array, std::string> Run::band(const Series& metric, double deviations) {
  if (!metric.is_metric()) {
    return std::unexpected(
        "Seatrial does not serve anomaly detection on the result of an "
        "expression yet");
  }
  const auto& stat = *query_of(metric.id).stat;
  const Time since = std::min(start_, end_ - Millis{std::chrono::seconds{kTraining_s}});
  const auto points = read_points(engine_, stat.series, *Statistic::parse(stat.statistic), since,
                                  end_, stat.period_s, false);
  const Series history = series_of(points, metric.origin->metric, stat.statistic, stat.period_s);
  return anomaly_band(metric, history, window(), deviations);
}

std::expected<double, std::string> Run::quota(const Series& metric) {
  if (!metric.is_metric())
    return std::unexpected("Function 'SERVICE_QUOTA' takes a usage metric, not an expression");
  const auto& series = query_of(metric.id).stat->series;
  const auto quota = options_.quotas == nullptr ? std::nullopt : options_.quotas->quota_of(series);
  if (quota) return *quota;
  std::string dimensions;
  for (const auto& d : series.dimensions)
    dimensions += (dimensions.empty() ? "" : ", ") + d.name + "=" + d.value;
  return std::unexpected(fmt::format(
      "Seatrial holds nothing to a quota that {} {} [{}] counts; SERVICE_QUOTA has none to give",
      series.name_space, series.name, dimensions));
}

// guess: an expression's default label is its id; of several series each keeps its own, with the
// expression's label before it unless that is dynamic (user guide: "Expression-Label
// Metric-Label").
DataResult Run::result_of(const DataQuery& query, Series labelled, bool of_many) const {
  DataResult result{query.id, "", labelled.period_s, {}, {}};
  if (of_many && parsed_.selects.contains(query.id))
    result.group = labelled.origin->metric.dimensions;
  if (!query.stat && !of_many) labelled.label = query.id;
  const LabelFacts facts{region_, options_.account, options_.label_offset_min, epoch_seconds(end_)};
  if (query.label.empty()) {
    result.label = labelled.label;
  } else if (of_many && !is_dynamic(query.label)) {
    result.label = query.label + " " + labelled.label;
  } else {
    if (query.stat) labelled.label = query.stat->series.name;
    result.label = expand_label(query.label, labelled, facts);
  }
  result.points.reserve(labelled.points.size());
  for (const auto& point : labelled.points)
    result.points.push_back({from_ms(point.at * 1000), point.value, 0});
  return result;
}

OrProblem<void> Run::add_results(const DataQuery& query, std::vector<DataResult>& to) {
  auto value = value_of(query.id);
  if (!value) return expression_problem(query, value.error());
  if (!query.return_data) return {};
  if (auto* series = std::get_if<Series>(&*value)) {
    to.push_back(result_of(query, std::move(*series), false));
    if (query.stat) to.back().points = points_of(query);
  } else if (auto* many = std::get_if<math::Array>(&*value)) {
    for (auto& one : *many) to.push_back(result_of(query, std::move(one), true));
  } else {
    return expression_problem(query,
                              "The result must be a time series or an array of time series, not "
                              "a scalar");
  }
  return {};
}

OrProblem<std::vector<DataResult>> Run::results() {
  std::vector<DataResult> results;
  for (const auto& query : queries_) {
    if (auto ok = add_results(query, results); !ok) return std::unexpected(ok.error());
  }
  return results;
}

}  // namespace

bool is_period(int seconds) {
  static const std::set<int> kShort{1, 5, 10, 20, 30};
  return seconds > 0 && (seconds % 60 == 0 || kShort.contains(seconds));
}

std::optional<DataProblem> check_queries(std::span<const DataQuery> queries) {
  const auto parsed = parse_all(queries);
  return parsed ? std::nullopt : std::optional(parsed.error());
}

std::expected<std::vector<DataResult>, DataProblem> run_queries(Engine& engine,
                                                                const std::string& region,
                                                                std::span<const DataQuery> queries,
                                                                Time start, Time end,
                                                                const RunOptions& options) {
  auto parsed = parse_all(queries);
  if (!parsed) return std::unexpected(parsed.error());
  const bool computes = !parsed->trees.empty() || !parsed->selects.empty();
  for (const auto& query : queries) {
    const int period = query.stat            ? query.stat->period_s
                       : query.period_s == 0 ? 60
                                             : query.period_s;
    if (computes && (end - start) / std::chrono::seconds{period} > kMaxPeriods) {
      return expression_problem(query, too_long());
    }
  }
  return Run(engine, region, queries, start, end, options, std::move(*parsed)).results();
}

}  // namespace seatrial::metrics

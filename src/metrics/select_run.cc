#include "metrics/select_run.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

namespace seatrial::metrics {
namespace {

using Function = math::Select::Function;
using Periods = std::map<std::uint32_t, Totals>;  // by start
using Groups = std::map<std::vector<std::string>, Periods>;

double value_of(Function function, const Totals& totals) {
  switch (function) {
    case Function::kAvg:
      return totals.sum / totals.count;
    case Function::kCount:
      return totals.count;
    case Function::kMax:
      return totals.max;
    case Function::kMin:
      return totals.min;
    case Function::kSum:
      break;
  }
  return totals.sum;
}

const char* statistic_of(Function function) {
  switch (function) {
    case Function::kAvg:
      return "Average";
    case Function::kCount:
      return "SampleCount";
    case Function::kMax:
      return "Maximum";
    case Function::kMin:
      return "Minimum";
    case Function::kSum:
      break;
  }
  return "Sum";
}

// What a series is ordered by: the function of its data points.
double rank_of(Function function, const math::Series& series) {
  const auto& points = series.points;
  const double count = static_cast<double>(points.size());
  if (points.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto by_value = [](const math::Point& a, const math::Point& b) {
    return a.value < b.value;
  };
  if (function == Function::kCount) return count;
  if (function == Function::kMax) return std::ranges::max_element(points, by_value)->value;
  if (function == Function::kMin) return std::ranges::min_element(points, by_value)->value;
  const double sum = std::accumulate(points.begin(), points.end(), 0.0,
                                     [](double s, const math::Point& p) { return s + p.value; });
  return function == Function::kSum ? sum : sum / count;
}

void order(math::Array& all, const math::Select::Order& by) {
  std::vector<std::pair<double, std::size_t>> ranks;
  for (std::size_t i = 0; i < all.size(); ++i) ranks.emplace_back(rank_of(by.function, all[i]), i);
  std::ranges::stable_sort(ranks, [&](const auto& a, const auto& b) {
    return by.descending ? a.first > b.first : a.first < b.first;
  });
  math::Array ordered;
  for (const auto& [rank, place] : ranks) ordered.push_back(std::move(all[place]));
  all = std::move(ordered);
}

Groups read_groups(Engine& engine, const math::Select& select, const SelectFrame& frame,
                   RunNotices* notices) {
  ListQuery query{frame.region, select.name_space, select.metric, {}, frame.start};
  query.also = [&](const SeriesId& id) { return select.matches(id, frame.account); };
  auto metrics = engine.list(query);
  if (metrics.size() > math::kMaxSelectMetrics) {
    metrics.resize(math::kMaxSelectMetrics);
    if (notices != nullptr) notices->matching_results = true;
  }
  Groups groups;
  for (const auto& metric : metrics) {
    const SeriesId id{frame.region, metric.name_space, metric.name, metric.dimensions, ""};
    const auto found = engine.read_totals(id, frame.start, frame.end, frame.period_s);
    if (found.empty()) continue;
    auto& periods = groups[select.group_of(metric.dimensions, frame.account)];
    for (const auto& totals : found) {
      const auto [place, is_new] = periods.try_emplace(totals.at, totals);
      if (!is_new) place->second.merge(totals);
    }
  }
  return groups;
}

// guess: a group's label is its values with a space between.
math::Series selected_series_of(const math::Select& select, const std::vector<std::string>& group,
                                const Periods& periods, int period_s) {
  math::Series series;
  series.period_s = period_s;
  for (const auto& value : group) series.label += (series.label.empty() ? "" : " ") + value;
  math::Origin origin{{select.name_space, select.metric, {}}, statistic_of(select.function)};
  for (std::size_t i = 0; i < group.size(); ++i)
    origin.metric.dimensions.push_back({select.group_by[i], group[i]});
  series.origin = std::make_shared<math::Origin>(std::move(origin));
  for (const auto& [at, totals] : periods)
    series.points.push_back({at, value_of(select.function, totals)});
  return series;
}

}  // namespace

math::Array run_select(Engine& engine, const math::Select& select, const SelectFrame& frame,
                       RunNotices* notices) {
  auto groups = read_groups(engine, select, frame, notices);
  if (select.group_by.empty()) groups.try_emplace({});
  math::Array all;
  for (const auto& [group, periods] : groups)
    all.push_back(selected_series_of(select, group, periods, frame.period_s));
  if (select.order) order(all, *select.order);
  if (all.size() > math::kMaxSelected && notices != nullptr) notices->query_results = true;
  if (all.size() > select.limit) all.resize(select.limit);
  return all;
}

}  // namespace seatrial::metrics

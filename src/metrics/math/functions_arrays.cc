// Functions about arrays of time series: METRICS, METRIC_COUNT, FIRST, LAST, SLICE, SORT,
// REMOVE_EMPTY, SEARCH, ANOMALY_DETECTION_BAND.
#include <algorithm>
#include <cmath>

#include "metrics/math/functions.h"
#include "metrics/math/reduce.h"

namespace seatrial::metrics::math {
namespace {

Result metrics(Evaluator& evaluate, const Node& node) {
  if (node.children.size() > 1) return wrong_count(node, "0 or 1 arguments");
  Array all = evaluate.surroundings().metrics();
  if (node.children.empty()) return all;
  if (node.children[0].kind != Node::Kind::kString) {
    return std::unexpected("Function 'METRICS' takes a string");
  }
  const auto& part = node.children[0].text;
  std::erase_if(all, [&](const Series& s) { return s.id.find(part) == std::string::npos; });
  return all;
}

Result metric_count(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  const auto array = array_argument(evaluate, node, 0);
  if (!array) return std::unexpected(array.error());
  return static_cast<double>(array->size());
}

template <bool kFirst>
Result end_of(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto array = array_argument(evaluate, node, 0);
  if (!array) return std::unexpected(array.error());
  if (array->empty()) return Series{};
  return std::move(kFirst ? array->front() : array->back());
}

std::size_t index_within(double wanted, std::size_t size) {
  if (!(wanted > 0)) return 0;
  return wanted >= static_cast<double>(size) ? size : static_cast<std::size_t>(wanted);
}

Result slice(Evaluator& evaluate, const Node& node) {
  const auto given = node.children.size();
  if (given != 2 && given != 3) return wrong_count(node, "2 or 3 arguments");
  auto array = array_argument(evaluate, node, 0);
  if (!array) return std::unexpected(array.error());
  const auto from = scalar_argument(evaluate, node, 1);
  if (!from) return std::unexpected(from.error());
  std::size_t end = array->size();
  if (given == 3) {
    const auto to = scalar_argument(evaluate, node, 2);
    if (!to) return std::unexpected(to.error());
    end = index_within(*to, array->size());
  }
  const auto begin = std::min(index_within(*from, array->size()), end);
  return Array(array->begin() + static_cast<std::ptrdiff_t>(begin),
               array->begin() + static_cast<std::ptrdiff_t>(end));
}

std::optional<Reduction> sort_key(const Node& node) {
  if (node.kind != Node::Kind::kWord) return std::nullopt;
  if (node.text == "AVG") return Reduction::kAverage;
  if (node.text == "SUM") return Reduction::kSum;
  if (node.text == "MIN") return Reduction::kMinimum;
  if (node.text == "MAX") return Reduction::kMaximum;
  return std::nullopt;
}

// Series without points come last, whatever the order.
void sort_by(Array& array, Reduction key, bool ascending) {
  std::vector<std::pair<double, Series>> keyed;
  for (auto& series : array) {
    const double value = series.points.empty() ? NAN : reduce(key, series);
    keyed.emplace_back(value, std::move(series));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    if (std::isnan(a.first) || std::isnan(b.first))
      return !std::isnan(a.first) && std::isnan(b.first);
    return ascending ? a.first < b.first : a.first > b.first;
  });
  for (std::size_t i = 0; i < array.size(); ++i) array[i] = std::move(keyed[i].second);
}

Result sort(Evaluator& evaluate, const Node& node) {
  const auto& given = node.children;
  if (given.size() != 3 && given.size() != 4) return wrong_count(node, "3 or 4 arguments");
  const auto key = sort_key(given[1]);
  if (!key) return std::unexpected("Function 'SORT' sorts by AVG, MIN, MAX or SUM");
  const bool ascending = given[2].text == "ASC";
  if (given[2].kind != Node::Kind::kWord || (!ascending && given[2].text != "DESC")) {
    return std::unexpected("Function 'SORT' sorts ASC or DESC");
  }
  auto array = array_argument(evaluate, node, 0);
  if (!array) return std::unexpected(array.error());
  sort_by(*array, *key, ascending);
  if (given.size() == 4) {
    const auto limit = scalar_argument(evaluate, node, 3);
    if (!limit) return std::unexpected(limit.error());
    array->resize(index_within(*limit, array->size()));
  }
  return std::move(*array);
}

Result remove_empty(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto array = array_argument(evaluate, node, 0);
  if (!array) return std::unexpected(array.error());
  std::erase_if(*array, [](const Series& series) { return series.points.empty(); });
  return std::move(*array);
}

Result search(Evaluator& evaluate, const Node& node) {
  const auto& given = node.children;
  if (given.size() != 2 && given.size() != 3) return wrong_count(node, "2 or 3 arguments");
  if (given[0].kind != Node::Kind::kString || given[1].kind != Node::Kind::kString) {
    return std::unexpected("Function 'SEARCH' takes a search and a statistic in quotation marks");
  }
  std::optional<int> period;
  if (given.size() == 3) {
    const auto seconds = scalar_argument(evaluate, node, 2);
    if (!seconds) return std::unexpected(seconds.error());
    if (!(*seconds >= 1 && *seconds <= 86400 * 365) || *seconds != std::floor(*seconds)) {
      return std::unexpected("Function 'SEARCH' takes a period in whole seconds");
    }
    period = static_cast<int>(*seconds);
  }
  auto found = evaluate.surroundings().search(given[0].text, given[1].text, period);
  if (!found) return std::unexpected(found.error());
  return std::move(*found);
}

Result band(Evaluator& evaluate, const Node& node) {
  const auto given = node.children.size();
  if (given != 1 && given != 2) return wrong_count(node, "1 or 2 arguments");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  const auto* series = std::get_if<Series>(&*value);
  if (series == nullptr) return wrong_type(node, *value);
  double deviations = 2;
  if (given == 2) {
    const auto scalar = scalar_argument(evaluate, node, 1);
    if (!scalar) return std::unexpected(scalar.error());
    deviations = *scalar;
  }
  if (!(deviations > 0)) {
    return std::unexpected(
        "Function 'ANOMALY_DETECTION_BAND' takes a positive number of "
        "standard deviations");
  }
  auto both = evaluate.surroundings().band(*series, deviations);
  if (!both) return std::unexpected(both.error());
  return std::move(*both);
}

// guess: where the usage metric has no data point, its quota has none.
Result service_quota(Evaluator& evaluate, const Node& node) {
  if (node.children.size() != 1) return wrong_count(node, "1 argument");
  auto value = evaluate(node.children[0]);
  if (!value) return value;
  const auto* series = std::get_if<Series>(&*value);
  if (series == nullptr) return wrong_type(node, *value);
  const auto quota = evaluate.surroundings().quota(*series);
  if (!quota) return std::unexpected(quota.error());
  Series result = same_kind(*series);
  for (const auto& point : series->points) result.points.push_back({point.at, *quota});
  return result;
}

}  // namespace

void add_array_functions(Functions& to) {
  to["METRICS"] = metrics;
  to["METRIC_COUNT"] = metric_count;
  to["FIRST"] = end_of<true>;
  to["LAST"] = end_of<false>;
  to["SLICE"] = slice;
  to["SORT"] = sort;
  to["REMOVE_EMPTY"] = remove_empty;
  to["SEARCH"] = search;
  to["ANOMALY_DETECTION_BAND"] = band;
  to["SERVICE_QUOTA"] = service_quota;
}

}  // namespace seatrial::metrics::math

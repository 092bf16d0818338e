#include "metrics/statistic.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace seatrial::metrics {
namespace {

using StatisticKind = Statistic::Kind;

constexpr std::size_t kMaxDecimals = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits, at most ten decimals, with an exponent where allowed; nothing else.
std::optional<double> number(std::string_view text, bool exponent) {
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == 0) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    const auto point = at++;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at - point - 1 > kMaxDecimals) return std::nullopt;
  }
  if (exponent && at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (at == text.size()) return std::nullopt;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  if (at != text.size()) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::optional<double> percentage(std::string_view text) {
  const auto value = number(text, false);
  const auto whole = text.substr(0, text.find('.')).size();
  if (!value || *value > 100 || (whole > 2 && *value != 100)) return std::nullopt;
  return value;
}

std::optional<StatisticKind> statistic_kind_of(std::string_view name) {
  static constexpr std::pair<std::string_view, StatisticKind> kKinds[] = {
      {"TM", StatisticKind::kTrimmedMean},    {"TC", StatisticKind::kTrimmedCount},
      {"TS", StatisticKind::kTrimmedSum},     {"WM", StatisticKind::kWinsorizedMean},
      {"PR", StatisticKind::kPercentileRank}, {"tm", StatisticKind::kTrimmedMean},
      {"tc", StatisticKind::kTrimmedCount},   {"ts", StatisticKind::kTrimmedSum},
      {"wm", StatisticKind::kWinsorizedMean}, {"SampleCount", StatisticKind::kSampleCount},
      {"Average", StatisticKind::kAverage},   {"Sum", StatisticKind::kSum},
      {"Minimum", StatisticKind::kMinimum},   {"Maximum", StatisticKind::kMaximum}};
  for (const auto& [known, kind] : kKinds)
    if (known == name) return kind;
  return std::nullopt;
}

// One side of a range: absent, or a number, or a percentage.
bool bound(std::string_view text, bool percent, std::optional<double>& to) {
  if (text.empty()) return true;
  if (percent && !text.ends_with('%')) return false;
  to = percent ? percentage(text.substr(0, text.size() - 1)) : number(text, true);
  return to.has_value();
}

// "TM(10%:90%)": upper case, one or two bounds of the same sort.
std::optional<Statistic> range(std::string_view name) {
  if (name.size() < 5 || name[2] != '(' || !name.ends_with(')')) return std::nullopt;
  const auto kind = statistic_kind_of(name.substr(0, 2));
  if (!kind || name[0] < 'A' || name[0] > 'Z') return std::nullopt;
  const auto inside = name.substr(3, name.size() - 4);
  const auto colon = inside.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Statistic statistic{*kind, inside.find('%') != std::string_view::npos, {}, {}};
  if (statistic.percent && *kind == StatisticKind::kPercentileRank) return std::nullopt;
  if (!bound(inside.substr(0, colon), statistic.percent, statistic.low) ||
      !bound(inside.substr(colon + 1), statistic.percent, statistic.high)) {
    return std::nullopt;
  }
  if (!statistic.low && !statistic.high) return std::nullopt;
  if (statistic.low && statistic.high && *statistic.low > *statistic.high) return std::nullopt;
  return statistic;
}

double total(const Distribution& values) {
  double n = 0;
  for (const auto& [value, count] : values) n += count;
  return n;
}

// The value at a rank, counted from 1: the first whose cumulative count reaches it.
double at_rank(const Distribution& values, double rank) {
  double seen = 0;
  for (const auto& [value, count] : values) {
    seen += count;
    if (seen >= rank - 1e-9) return value;
  }
  return values.back().first;
}

struct Ranks {
  double above, to;  // ranks in (above, to] are kept
};

Ranks ranks_of(const Statistic& statistic, double n) {
  const double low = statistic.low.value_or(0), high = statistic.high.value_or(100);
  return {std::floor(low / 100 * n + 1e-9), std::ceil(high / 100 * n - 1e-9)};
}

struct Kept {
  double count = 0, sum = 0;
};

Kept keep(const Statistic& statistic, const Distribution& values, double n) {
  Kept kept;
  const auto ranks = ranks_of(statistic, n);
  double seen = 0;
  for (const auto& [value, count] : values) {
    double weight = count;
    if (statistic.percent) {
      weight = std::min(seen + count, ranks.to) - std::max(seen, ranks.above);
      seen += count;
    } else if ((statistic.low && value <= *statistic.low) ||
               (statistic.high && value > *statistic.high)) {
      weight = 0;
    }
    if (weight <= 0) continue;
    kept.count += weight;
    kept.sum += weight * value;
  }
  return kept;
}

// Values beyond a bound count as the value at it.
double winsorized(const Statistic& statistic, const Distribution& values, double n) {
  double low = statistic.low.value_or(values.front().first);
  double high = statistic.high.value_or(values.back().first);
  if (statistic.percent) {
    const auto ranks = ranks_of(statistic, n);
    low = at_rank(values, ranks.above + 1);
    high = std::max(low, at_rank(values, ranks.to));
  }
  double sum = 0;
  for (const auto& [value, count] : values) {
    sum += std::max(low, std::min(value, high)) * count;
  }
  return sum / n;
}

std::optional<double> extended(const Statistic& statistic, const Distribution& values) {
  if (values.empty()) return std::nullopt;
  const double n = total(values);
  if (statistic.kind == StatisticKind::kPercentile) {
    return at_rank(values, std::max(1.0, std::ceil(*statistic.high / 100 * n - 1e-9)));
  }
  if (statistic.kind == StatisticKind::kWinsorizedMean) return winsorized(statistic, values, n);
  const auto kept = keep(statistic, values, n);
  switch (statistic.kind) {
    case StatisticKind::kTrimmedCount:
      return kept.count;
    case StatisticKind::kTrimmedSum:
      return kept.sum;
    case StatisticKind::kPercentileRank:
      return kept.count / n * 100;
    default:
      return kept.count > 0 ? std::optional(kept.sum / kept.count) : std::nullopt;
  }
}

}  // namespace

std::optional<Statistic> Statistic::parse(std::string_view name) {
  if (name == "IQM") return Statistic{StatisticKind::kTrimmedMean, true, 25, 75};
  if (const auto simple = statistic_kind_of(name); simple && *simple <= StatisticKind::kMaximum) {
    return Statistic{*simple, false, {}, {}};
  }
  if (name.starts_with('p')) {
    const auto p = percentage(name.substr(1));
    return p ? std::optional(Statistic{StatisticKind::kPercentile, true, {}, p}) : std::nullopt;
  }
  if (auto statistic = range(name)) return statistic;
  const auto kind = statistic_kind_of(name.substr(0, 2));
  if (!kind || name[0] < 'a') return std::nullopt;
  const auto high = percentage(name.substr(2));
  return high ? std::optional(Statistic{*kind, true, {}, high}) : std::nullopt;
}

double Statistic::of(const Totals& totals) const {
  switch (kind) {
    case StatisticKind::kSampleCount:
      return totals.count;
    case StatisticKind::kAverage:
      return totals.sum / totals.count;
    case StatisticKind::kSum:
      return totals.sum;
    case StatisticKind::kMinimum:
      return totals.min;
    default:
      return totals.max;
  }
}

std::optional<double> Statistic::of(const Aggregate& aggregate) const {
  if (is_simple())
    return of(Totals{0, aggregate.count, aggregate.sum, aggregate.min, aggregate.max});
  return aggregate.values ? extended(*this, *aggregate.values) : std::nullopt;
}

}  // namespace seatrial::metrics

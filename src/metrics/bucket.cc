#include "metrics/bucket.h"

#include <algorithm>
#include <cmath>

namespace seatrial::metrics {
namespace {

constexpr double kFirstRatio = 1.01;

void join_equal(Distribution& values) {
  std::sort(values.begin(), values.end());
  std::size_t to = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (to > 0 && values[to - 1].first == values[i].first) {
      values[to - 1].second += values[i].second;
    } else {
      values[to++] = values[i];
    }
  }
  values.resize(to);
}

// The middle of the step that a value falls into, a power of the ratio.
double rounded(double value, double ratio) {
  if (value <= 0) return 0;
  const double step = std::floor(std::log(value) / std::log(ratio));
  return std::pow(ratio, step) * std::sqrt(ratio);
}

void round_to(Distribution& values, double ratio) {
  const double least = values.front().first, greatest = values.back().first;
  for (auto& [value, count] : values) {
    value = std::clamp(rounded(value, ratio), least, greatest);
  }
  values.front().first = least;  // the ends stay exact
  values.back().first = greatest;
  join_equal(values);
}

}  // namespace

void settle(Distribution& values) {
  join_equal(values);
  for (double ratio = kFirstRatio; values.size() > kMaxExactValues; ratio *= ratio)
    round_to(values, ratio);
}

void Bucket::merge(const Bucket& other) {
  if (is_one_value() && values.empty()) values.emplace_back(min, n);
  n += other.n;
  sum += other.sum;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  hidden = hidden || other.hidden;
  if (hidden) {
    values.clear();
  } else if (other.values.empty()) {
    values.emplace_back(other.min, other.n);
  } else {
    values.insert(values.end(), other.values.begin(), other.values.end());
  }
}

// Percentiles do not exist beside negative values: such are kept exactly or not at all.
void Bucket::settle() {
  if (hidden || is_one_value()) {
    values.clear();
    return;
  }
  join_equal(values);
  if (values.size() <= kMaxExactValues) return;
  if (min < 0) {
    hidden = true;
    values.clear();
  } else {
    metrics::settle(values);
  }
}

std::vector<Bucket> fold(std::vector<Bucket> buckets, std::uint32_t resolution_s) {
  for (auto& bucket : buckets) bucket.at -= bucket.at % resolution_s;
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const Bucket& a, const Bucket& b) { return a.at < b.at; });
  std::size_t to = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (to > 0 && buckets[to - 1].at == buckets[i].at) {
      buckets[to - 1].merge(buckets[i]);
      continue;
    }
    if (to > 0) buckets[to - 1].settle();
    if (to != i) buckets[to] = std::move(buckets[i]);
    ++to;
  }
  buckets.resize(to);
  if (to > 0) buckets.back().settle();
  return buckets;
}

}  // namespace seatrial::metrics

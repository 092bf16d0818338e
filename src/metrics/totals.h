// Count, sum, least and greatest of a series' periods: all that the five simple statistics need,
// gathered without buckets, for those are most of what is asked.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace seatrial::metrics {

struct Totals {
  std::uint32_t at = 0;  // the period's start, seconds since the epoch
  double count = 0, sum = 0, min = 0, max = 0;

  void merge(const Totals& other) {
    count += other.count;
    sum += other.sum;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
  }
};

// Periods are counted from `begin`. Sources hold their samples nearly in order, so that most join
// the last period there is; what does not is sorted in at the end.
class TotalsGatherer {
 public:
  TotalsGatherer(std::uint32_t begin, int period_s)
      : begin_(begin), period_s_(static_cast<std::uint32_t>(period_s)) {}

  void add(Totals totals) {
    totals.at -= (totals.at - begin_) % period_s_;
    if (!periods_.empty() && periods_.back().at == totals.at) return periods_.back().merge(totals);
    ascending_ = ascending_ && (periods_.empty() || periods_.back().at < totals.at);
    periods_.push_back(totals);
  }

  std::vector<Totals> take() {
    if (!ascending_) join();
    return std::move(periods_);
  }

 private:
  void join() {
    std::stable_sort(periods_.begin(), periods_.end(),
                     [](const Totals& a, const Totals& b) { return a.at < b.at; });
    std::size_t to = 0;
    for (const auto& period : periods_) {
      if (to > 0 && periods_[to - 1].at == period.at)
        periods_[to - 1].merge(period);
      else
        periods_[to++] = period;
    }
    periods_.resize(to);
  }

  std::uint32_t begin_, period_s_;
  bool ascending_ = true;
  std::vector<Totals> periods_;
};

}  // namespace seatrial::metrics

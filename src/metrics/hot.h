// Samples that are in the write-ahead log and not yet in a segment: per series in the order they
// came, 16 bytes each, made buckets only when read or sealed.
#pragma once
#include <memory>
#include <vector>

#include "metrics/bucket.h"
#include "metrics/registry.h"
#include "metrics/totals.h"

namespace seatrial::metrics {

struct HotSample {
  SeriesNumber series = 0;
  std::uint32_t at = 0;  // floored to the resolution
  bool fine = false;     // one-second resolution
  bool hidden = false;   // a statistic set with unknown values
  double n = 1, sum = 0, min = 0, max = 0;

  bool is_plain() const { return !hidden && n == 1 && min == max && sum == min; }
};

class Hot {
 public:
  void add(const HotSample& sample);
  std::size_t samples() const { return samples_; }
  std::size_t series() const { return entries_.size(); }  // upper end of numbers
  // Unfolded buckets of one resolution within [from, to).
  void collect(SeriesNumber series, bool fine, std::uint32_t from, std::uint32_t to,
               std::vector<Bucket>& out) const;
  // The same as totals: add(Totals) for each.
  template <class Add>
  void visit(SeriesNumber series, bool fine, std::uint32_t from, std::uint32_t to,
             const Add& add) const {
    if (series >= entries_.size()) return;
    for (const auto& entry : entries_[series]) {
      if (entry.at < from || entry.at >= to || ((entry.rest & kFine) != 0) != fine) continue;
      const auto place = entry.rest & ~kFine;
      if (place == 0) {
        add(Totals{entry.at, 1, entry.value, entry.value, entry.value});
      } else {
        const auto& rest = rests_[place - 1];
        add(Totals{entry.at, rest.n, rest.sum, rest.min, rest.max});
      }
    }
  }
  bool has(SeriesNumber series) const {
    return series < entries_.size() && !entries_[series].empty();
  }

 private:
  static constexpr std::uint32_t kFine = 1u << 31;
  struct Entry {
    std::uint32_t at;
    std::uint32_t rest;  // kFine, and 1 + its place in rests_; 0: one value
    double value;
  };
  struct Rest {
    double n, sum, min, max;
    bool hidden;
  };
  std::vector<std::vector<Entry>> entries_;  // by series
  std::vector<Rest> rests_;
  std::size_t samples_ = 0;
};

}  // namespace seatrial::metrics

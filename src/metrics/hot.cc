#include "metrics/hot.h"

namespace seatrial::metrics {

void Hot::add(const HotSample& sample) {
  if (sample.series >= entries_.size()) entries_.resize(sample.series + 1);
  std::uint32_t rest = sample.fine ? kFine : 0;
  if (!sample.is_plain()) {
    rests_.push_back({sample.n, sample.sum, sample.min, sample.max, sample.hidden});
    rest |= static_cast<std::uint32_t>(rests_.size());
  }
  entries_[sample.series].push_back({sample.at, rest, sample.min});
  ++samples_;
}

void Hot::collect(SeriesNumber series, bool fine, std::uint32_t from, std::uint32_t to,
                  std::vector<Bucket>& out) const {
  if (series >= entries_.size()) return;
  for (const auto& entry : entries_[series]) {
    if (entry.at < from || entry.at >= to || ((entry.rest & kFine) != 0) != fine) continue;
    const auto place = entry.rest & ~kFine;
    if (place == 0) {
      out.push_back({entry.at, 1, entry.value, entry.value, entry.value, false, {}});
    } else {
      const auto& rest = rests_[place - 1];
      out.push_back({entry.at, rest.n, rest.sum, rest.min, rest.max, rest.hidden, {}});
    }
  }
}

}  // namespace seatrial::metrics

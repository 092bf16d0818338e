#include "metrics/changes.h"

#include <algorithm>

namespace seatrial::metrics {

void Changes::keep(bool wanted) {
  kept_ = wanted;
  if (!wanted) minutes_ = {};
}

void Changes::add(SeriesNumber series, std::uint32_t minute) {
  if (!minutes_.empty() && minutes_.back() == std::pair{minute, series}) return;
  if (minutes_.size() >= tidy_at_) tidy();
  if (minutes_.size() >= kMaxChangedMinutes) {
    ++lost_;
    return;
  }
  minutes_.emplace_back(minute, series);
}

void Changes::tidy() {
  std::ranges::sort(minutes_);
  const auto twice = std::ranges::unique(minutes_);
  minutes_.erase(twice.begin(), twice.end());
  tidy_at_ = std::clamp<std::size_t>(minutes_.size() * 2, 65'536, kMaxChangedMinutes);
}

Changes::Taken Changes::take(std::uint32_t before) {
  tidy();
  const auto end = std::ranges::lower_bound(minutes_, std::pair{before, SeriesNumber{0}});
  Taken taken{{minutes_.begin(), end}, std::exchange(lost_, 0)};
  minutes_.erase(minutes_.begin(), end);
  return taken;
}

}  // namespace seatrial::metrics

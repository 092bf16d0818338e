#include "metrics/recent.h"

#include <algorithm>
#include <bit>

namespace seatrial::metrics {
namespace {

constexpr std::uint32_t kSlack = 3;  // minutes that samples may be ahead without moving a ring on

}  // namespace

Watch Recent::add(int minutes, std::string name) {
  if (minutes < 1 || minutes > kMaxWatchedMinutes) return 0;
  const auto size = std::bit_ceil(static_cast<std::uint32_t>(minutes) + kSlack);
  auto& unused = free_[size];
  Watch watch = 0;
  if (!unused.empty()) {
    watch = unused.back();
    unused.pop_back();
  } else {
    if ((minutes_.size() + size) * sizeof(Minute) > kMaxWatchedBytes) return 0;
    rings_.emplace_back();
    rings_.back().size = size;
    rings_.back().place = minutes_.size();
    minutes_.resize(minutes_.size() + size);
    watch = static_cast<Watch>(rings_.size());
  }
  auto& ring = of(watch);
  ring.used = true;
  ring.started = false;
  names_[name].push_back(watch);
  ring.name = std::move(name);
  return watch;
}

void Recent::remove(Watch watch) {
  auto& ring = of(watch);
  if (!ring.used) return;
  for (const auto series : ring.series) detach(series, watch);
  ring.series.clear();
  ring.used = ring.started = false;
  const auto named = names_.find(ring.name);
  std::erase(named->second, watch);
  if (named->second.empty()) names_.erase(named);
  free_[ring.size].push_back(watch);
}

void Recent::attach(SeriesNumber series, Watch watch) {
  if (series >= heads_.size()) heads_.resize(series + 1);
  std::uint32_t link = 0;
  if (free_links_.empty()) {
    link = static_cast<std::uint32_t>(links_.size());
    links_.emplace_back();
  } else {
    link = free_links_.back();
    free_links_.pop_back();
  }
  links_[link] = {watch, heads_[series]};
  heads_[series] = link;
  of(watch).series.push_back(series);
}

void Recent::detach(SeriesNumber series, Watch watch) {
  auto* at = &heads_[series];
  while (*at != 0 && links_[*at].watch != watch) at = &links_[*at].next;
  if (*at == 0) return;
  free_links_.push_back(*at);
  *at = links_[*at].next;
}

const std::vector<Watch>* Recent::named(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

void Recent::merge(Ring& ring, const Totals& sample) {
  auto& at = minute(ring, sample.at / 60);
  if (at.n == 0) {
    at = {sample.count, sample.sum, sample.min, sample.max};
    return;
  }
  at.n += sample.count;
  at.sum += sample.sum;
  at.min = std::min(at.min, sample.min);
  at.max = std::max(at.max, sample.max);
}

void Recent::move_on(Ring& ring, std::uint32_t first) {
  const auto gone = std::min(first - ring.first, ring.size);
  for (std::uint32_t i = 0; i < gone; ++i) minute(ring, ring.first + i) = {};
  ring.first = first;
}

void Recent::take(Ring& ring, const Totals& sample) {
  const auto m = sample.at / 60;
  if (!ring.started || m < ring.first) return;
  if (m >= ring.first + ring.size) {
    if (ring.partial) return;
    move_on(ring, m - ring.size + 1);
  }
  merge(ring, sample);
}

void Recent::restart(Watch watch, std::uint32_t start) {
  auto& ring = of(watch);
  std::fill_n(minutes_.begin() + static_cast<std::ptrdiff_t>(ring.place), ring.size, Minute{});
  ring.first = start / 60;
  ring.started = true;
  ring.partial = false;
}

// The ring may have been moved on by newer samples since it was restarted.
void Recent::fill(Watch watch, const Totals& sample) {
  auto& ring = of(watch);
  const auto m = sample.at / 60;
  if (m < ring.first) return;
  if (m >= ring.first + ring.size)
    ring.partial = true;
  else
    merge(ring, sample);
}

bool Recent::read(Watch watch, std::uint32_t start, int minutes, std::span<Totals> periods,
                  bool just_filled) const {
  const auto& ring = of(watch);
  const auto first = start / 60;
  if (!ring.started || (ring.partial && !just_filled) || first < ring.first) return false;
  const auto known = ring.first + ring.size;
  auto m = first;
  for (auto& period : periods) {
    period = {m * 60, 0, 0, 0, 0};
    for (int i = 0; i < minutes; ++i, ++m) {
      if (m >= known) continue;  // a sample there would have moved the ring on
      const auto& at = minutes_[ring.place + m % ring.size];
      if (at.n == 0) continue;
      const Totals found{period.at, at.n, at.sum, at.min, at.max};
      if (period.count == 0)
        period = found;
      else
        period.merge(found);
    }
  }
  return true;
}

}  // namespace seatrial::metrics

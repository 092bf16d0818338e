// The last minutes of metrics that are asked for again and again: what alarms look at.
//
// Problem: 100,000 alarms read a few minutes of a series each, every minute. Each reading looks the
// series up, then in memory and in every segment of the day: five cache misses hot, a block to
// unpack once sealed. Choice: a watched metric has a ring of its last minutes, side by side in one
// array, kept up as samples become durable, so that a tick walks memory in order. A ring only ever
// answers for minutes it is sure of; for others it is filled anew from the engine. Rejected:
// keeping alarms' data points, which differ by period and statistic and would have to be told of
// late data.
//
// A sample before the ring's first minute is not its business; one past its last moves it on. One
// that is there when the ring is filled, but lies past its end, makes it `partial`: such a ring is
// filled at each reading, until time has come to that sample. The engine's lock covers all of it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "metrics/hot.h"

namespace seatrial::metrics {

inline constexpr int kMaxWatchedMinutes = 128;              // of one metric
inline constexpr std::size_t kMaxWatchedBytes = 96u << 20;  // of all rings

using Watch = std::uint32_t;  // 0: none

class Recent {
 public:
  // Nothing when there is no room. `minutes` is how many have to be sure at once.
  Watch add(int minutes, std::string name);
  void remove(Watch watch);

  // Which series feed it; a series feeds any number of watches.
  void attach(SeriesNumber series, Watch watch);
  const std::vector<SeriesNumber>& series_of(Watch watch) const { return of(watch).series; }
  // Those that wait for series of this name.
  const std::vector<Watch>* named(const std::string& name) const;
  bool empty() const { return names_.empty(); }

  void note(const HotSample& sample) {
    if (sample.series >= heads_.size()) return;
    for (auto link = heads_[sample.series]; link != 0; link = links_[link].next)
      take(of(links_[link].watch), {sample.at, sample.n, sample.sum, sample.min, sample.max});
  }

  // Periods of `minutes` from a full minute on, one behind the other; empty ones have no count.
  // False: not sure of all of them. Just filled from `start`, a partial one is sure, too.
  bool read(Watch watch, std::uint32_t start, int minutes, std::span<Totals> periods,
            bool just_filled = false) const;

  // Begins to fill it from this minute on; note() goes on meanwhile, fill() adds what was there.
  void restart(Watch watch, std::uint32_t start);
  void fill(Watch watch, const Totals& sample);

 private:
  struct Minute {
    double n = 0, sum = 0, min = 0, max = 0;
  };
  struct Ring {
    std::uint32_t first = 0;  // minute since the epoch
    bool started = false, partial = false, used = false;
    std::uint32_t size = 0;  // minutes
    std::size_t place = 0;   // of its first in minutes_
    std::string name;
    std::vector<SeriesNumber> series;
  };
  struct Link {
    Watch watch = 0;
    std::uint32_t next = 0;
  };

  Ring& of(Watch watch) { return rings_[watch - 1]; }
  const Ring& of(Watch watch) const { return rings_[watch - 1]; }
  Minute& minute(const Ring& ring, std::uint32_t m) { return minutes_[ring.place + m % ring.size]; }
  void take(Ring& ring, const Totals& sample);
  void merge(Ring& ring, const Totals& sample);
  void move_on(Ring& ring, std::uint32_t first);
  void detach(SeriesNumber series, Watch watch);

  std::vector<Ring> rings_;
  std::vector<Minute> minutes_;
  std::map<std::uint32_t, std::vector<Watch>> free_;  // by size
  std::vector<std::uint32_t> heads_;                  // by series, into links_
  std::vector<Link> links_{1};                        // 0 is none
  std::vector<std::uint32_t> free_links_;
  std::unordered_map<std::string, std::vector<Watch>> names_;
};

}  // namespace seatrial::metrics

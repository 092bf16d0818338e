// Which minutes of which series have new samples: what a metric stream has to send.
//
// Only kept while somebody wants it. A minute is told once per taking, however many samples it got;
// samples that come late make it told again, with all it then has. The engine's lock covers it.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "metrics/registry.h"

namespace seatrial::metrics {

inline constexpr std::size_t kMaxChangedMinutes = 4u << 20;  // of all series; more are told as lost

class Changes {
 public:
  void keep(bool wanted);
  bool is_kept() const { return kept_; }
  void note(SeriesNumber series, std::uint32_t at) {
    if (kept_) add(series, at / 60);
  }
  struct Taken {
    std::vector<std::pair<std::uint32_t, SeriesNumber>> minutes;  // ascending
    std::size_t lost = 0;                                         // samples that found no room
  };
  // Those before this minute since the epoch; later ones stay.
  Taken take(std::uint32_t before);

 private:
  void add(SeriesNumber series, std::uint32_t minute);
  void tidy();

  bool kept_ = false;
  std::vector<std::pair<std::uint32_t, SeriesNumber>> minutes_;
  std::size_t tidy_at_ = 65'536, lost_ = 0;
};

}  // namespace seatrial::metrics

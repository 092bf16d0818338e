// Counts of what happened, by what it happened to, until the minute is over: for rooms that tell of
// themselves in metrics. A datum an event would cost more than the event.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace seatrial::room {

class MinuteTally {  // one thread
 public:
  struct Sum {
    double sum = 0, count = 0, min = 0, max = 0;
  };
  using Sums = std::map<std::pair<std::string, std::string>, Sum>;  // by (of, name)

  void add(const std::string& of, std::string_view name, double value = 1) {
    Sum& sum = sums_[{of, std::string(name)}];
    sum.min = sum.count == 0 ? value : std::min(sum.min, value);
    sum.max = sum.count == 0 ? value : std::max(sum.max, value);
    sum.sum += value;
    sum.count += 1;
  }
  // Empties it.
  Sums take() { return std::exchange(sums_, {}); }

 private:
  Sums sums_;
};

inline constexpr Millis kMinute{60'000};

// How long until the next whole minute; never nothing.
inline Millis until_minute(Time now) { return kMinute - now.time_since_epoch() % kMinute; }
// The minute that is over when this one begins, or began.
inline Time minute_before(Time now) { return now - now.time_since_epoch() % kMinute - kMinute; }

}  // namespace seatrial::room

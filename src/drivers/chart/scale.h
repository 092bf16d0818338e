// Where the ticks of an axis stand and what they say. Pure.
#pragma once
#include <string>
#include <vector>

#include "base/time.h"

namespace seatrial::drivers::chart {

struct Range {
  double low = 0, high = 1;
};

// Steps of 1, 2, 2.5 or 5 times a power of ten, about `wanted` of them in the
// range.
double round_step(Range range, int wanted);
// The range widened to whole steps.
Range widened(Range range, double step);
std::vector<double> ticks(Range range, double step);
// "0", "0.25", "1.5k", "3M"; enough digits to tell steps apart.
std::string short_number(double value, double step);
std::string short_number(double value);
std::string full_number(double value);

struct TimeTick {
  Time at{};
  std::string text; // "14:05", or "11/30" where days matter
};
// At whole minutes, hours or days of the zone, at most `most` of them.
std::vector<TimeTick> time_ticks(Time start, Time end,
                                 std::chrono::minutes offset, int most);

} // namespace seatrial::drivers::chart

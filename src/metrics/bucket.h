// What is kept of all samples of a series within one second or minute, and how two such become one.
//
// CloudWatch only ever shows aggregates, so that a bucket loses nothing it could show: count, sum,
// least, greatest, and for percentiles the values with their counts. Merging is exact and its order
// does not matter, which is what lets roll-ups, late data and segments be merged whenever it suits.
// Past kMaxExactValues different values, they are rounded to steps of a constant ratio (under 1 %
// at first, doubled until they fit), as CloudWatch's own agent does from the start.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/types.h"

namespace seatrial::metrics {

inline constexpr std::size_t kMaxExactValues = 1024;  // different ones in a bucket

// Sorts, joins equal values, and rounds when there are too many; values must not be negative then.
void settle(Distribution& values);

struct Bucket {
  std::uint32_t at = 0;  // its start, seconds since the epoch
  double n = 0, sum = 0, min = 0, max = 0;
  bool hidden = false;  // a statistic set whose values are not known
  Distribution values;  // unless hidden or n copies of one value (min == max)

  bool is_one_value() const { return !hidden && min == max; }
  void merge(const Bucket& other);  // values are unsettled until settle()
  void settle();
};

// Buckets of any order, of several sources, to ascending ones at multiples of `resolution_s`.
std::vector<Bucket> fold(std::vector<Bucket> buckets, std::uint32_t resolution_s);

}  // namespace seatrial::metrics

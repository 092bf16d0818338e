// The line in front of a driver's thread: so many at work at once, so many more waiting, the last
// of the rest turned away. The caller holds the lock; what is taken is begun or answered without
// it.
#pragma once
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace seatrial::drivers {

template <class Wanted>
struct TakenFromLine {
  std::vector<Wanted> begin, refuse;
};

template <class Wanted>
TakenFromLine<Wanted> take_from_line(std::deque<Wanted>& line, std::size_t at_work,
                                     std::size_t most_at_work, std::size_t most_waiting) {
  TakenFromLine<Wanted> taken;
  while (!line.empty() && at_work + taken.begin.size() < most_at_work) {
    taken.begin.push_back(std::move(line.front()));
    line.pop_front();
  }
  while (line.size() > most_waiting) {
    taken.refuse.push_back(std::move(line.back()));
    line.pop_back();
  }
  return taken;
}

}  // namespace seatrial::drivers

#include "base/clock.h"

namespace seatrial {

// A speed other than 1 starts at the wall's present and departs from it at that rate.
SystemClock::SystemClock(double speed, Time not_before)
    : speed_(speed),
      wall_origin_(std::chrono::steady_clock::now()),
      world_origin_(
          std::max(std::chrono::floor<Millis>(std::chrono::system_clock::now()), not_before)) {}

Time SystemClock::now() const {
  const auto elapsed = std::chrono::steady_clock::now() - wall_origin_;
  const auto scaled = std::chrono::duration<double, std::nano>(elapsed) * speed_;
  return world_origin_ + std::chrono::duration_cast<Millis>(scaled);
}

Time WallClock::now() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

std::chrono::nanoseconds SystemClock::wall(Millis span) const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::milli>(span) / speed_);
}

}  // namespace seatrial

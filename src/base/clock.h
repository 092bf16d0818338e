// The only way to read time. A world's clock may run faster than the wall's (--speed), be frozen
// or be stepped by a simulation; code that asks the system clock directly would see another world.
#pragma once
#include <atomic>
#include <chrono>

#include "base/time.h"

namespace seatrial {

class Clock {
 public:
  virtual ~Clock() = default;
  // World time. Never goes backwards. Any thread.
  virtual Time now() const = 0;
  // How much wall time passes while `span` of world time passes.
  virtual std::chrono::nanoseconds wall(Millis span) const = 0;
};

// World time = wall time, running `speed` times as fast from now on; it begins no earlier than
// `not_before`, where a faster world left off.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(double speed = 1.0, Time not_before = Time{});
  Time now() const override;
  std::chrono::nanoseconds wall(Millis span) const override;

 private:
  double speed_;
  std::chrono::steady_clock::time_point wall_origin_;
  Time world_origin_;
};

// The machine's clock as it is, steps and all: for what is dated by the machine, not the world.
class WallClock final : public Clock {
 public:
  Time now() const override;
  std::chrono::nanoseconds wall(Millis span) const override { return span; }
};

// Stands still until told to move: for tests and simulation.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = from_ms(1'767'225'600'000)) : now_ms_(to_ms(start)) {}
  Time now() const override { return from_ms(now_ms_.load()); }
  std::chrono::nanoseconds wall(Millis span) const override { return span; }
  void advance(Millis by) { now_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ms_;
};

}  // namespace seatrial

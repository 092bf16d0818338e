// Where a piece of code runs. The control thread is one Executor: rooms and controllers live on
// it, drivers and HTTP threads post to it. A simulation puts its own single-stepped one in place.
#pragma once
#include <functional>

#include "base/time.h"

namespace seatrial {

class Executor {
 public:
  virtual ~Executor() = default;
  // Runs `work` later on the executor's thread, in order of posting. Any thread.
  virtual void post(std::function<void()> work) = 0;
  // Runs `work` once `delay` of world time has passed. Any thread.
  virtual void post_after(Millis delay, std::function<void()> work) = 0;
};

}  // namespace seatrial

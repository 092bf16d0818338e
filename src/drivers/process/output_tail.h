// Reads a container's output file from a position on, a bounded batch of whole frames at a time.
#pragma once
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "drivers/container.h"
#include "drivers/image/files.h"
#include "drivers/process/container_files.h"

namespace seatrial::drivers {

// The world time that a wall time of the recent past was.
Time world_time(const Clock& clock, std::int64_t at_wall_ms);

class OutputTail {
 public:
  OutputTail(const ContainerFiles& files, std::uint64_t position)
      : path_(files.output()), position_(position) {}
  // The next lines, in order; empty when there are none yet. Advances position().
  std::vector<OutputLine> next(const Clock& clock, std::size_t max_bytes);
  std::uint64_t position() const { return position_; }

 private:
  std::filesystem::path path_;
  Fd file_;
  std::uint64_t position_;
  bool broken_ = false;
};

}  // namespace seatrial::drivers

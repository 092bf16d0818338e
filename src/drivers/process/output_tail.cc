// See output_tail.h.
#include "drivers/process/output_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "drivers/process/frame.h"

namespace seatrial::drivers {

static_assert(kMaxFrameText == kMaxOutputLine);

Time world_time(const Clock& clock, std::int64_t at_wall_ms) {
  const double wall_ns_per_second = static_cast<double>(clock.wall(Millis(1000)).count());
  const double ago_ms = static_cast<double>(std::max<std::int64_t>(0, wall_ms() - at_wall_ms));
  const double speed = wall_ns_per_second > 0 ? 1e9 / wall_ns_per_second : 1.0;
  return clock.now() - Millis(static_cast<std::int64_t>(ago_ms * speed));
}

std::vector<OutputLine> OutputTail::next(const Clock& clock, std::size_t max_bytes) {
  std::vector<OutputLine> lines;
  if (!file_) file_ = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_ || broken_) return lines;
  std::string bytes(max_bytes, '\0');
  const ssize_t got =
      ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(position_));
  std::string_view left(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  const std::size_t had = left.size();
  FrameHeader header;
  std::string_view text;
  FrameState state = FrameState::kPartial;
  while ((state = take_frame(left, header, text)) == FrameState::kWhole) {
    lines.push_back(
        {world_time(clock, header.at_ms), std::string(text), header.stream == kStreamError});
  }
  position_ += had - left.size();
  if (state == FrameState::kBroken) {
    broken_ = true;
    log::error("output of {} is damaged at byte {}; the rest is not read", path_.string(),
               position_);
  }
  return lines;
}

}  // namespace seatrial::drivers

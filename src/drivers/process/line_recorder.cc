// See line_recorder.h.
#include "drivers/process/line_recorder.h"

#include <unistd.h>

#include "drivers/process/container_files.h"
#include "drivers/process/frame.h"

namespace seatrial::drivers {

void LineRecorder::add(std::uint64_t stream, std::string_view bytes) {
  std::string& partial = partial_[stream == kStreamError ? 1 : 0];
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::size_t wanted = end == std::string_view::npos ? bytes.size() : end;
    const std::size_t taken = std::min(wanted, kMaxFrameText - partial.size());
    partial.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    const bool line_ends = taken == wanted && end != std::string_view::npos;
    if (line_ends) bytes.remove_prefix(1);
    if (line_ends || partial.size() == kMaxFrameText) {
      frame(stream, partial);
      partial.clear();
    }
  }
  write_batch();
}

void LineRecorder::finish() {
  for (const std::uint64_t stream : {kStreamOut, kStreamError}) {
    std::string& partial = partial_[stream == kStreamError ? 1 : 0];
    if (!partial.empty()) frame(stream, partial);
    partial.clear();
  }
  write_batch();
}

void LineRecorder::frame(std::uint64_t stream, std::string_view text) {
  append_frame(batch_, stream, wall_ms(), text);
  ++batch_lines_;
}

void LineRecorder::write_batch() {
  if (batch_.empty()) return;
  if (lost_lines_ > 0) {
    std::string notice;
    append_frame(notice, kStreamError, wall_ms(),
                 "seatrial: " + std::to_string(lost_lines_) + " lines of output could not be kept");
    batch_.insert(0, notice);
  }
  const auto bytes = static_cast<std::int64_t>(batch_.size());
  if (size_ + bytes <= max_bytes_ && write_all(file_.get(), batch_)) {
    size_ += bytes;
    lost_lines_ = 0;
  } else {
    (void)::ftruncate(file_.get(), size_);  // no half a frame stays
    lost_lines_ += batch_lines_;
  }
  batch_.clear();
  batch_lines_ = 0;
}

}  // namespace seatrial::drivers

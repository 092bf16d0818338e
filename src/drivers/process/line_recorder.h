// Cuts a program's two streams into lines, stamps each and appends them to the output file, whole
// frames at a time. A disk that is full loses lines, never half of one, and says how many it lost.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/image/files.h"

namespace seatrial::drivers {

class LineRecorder {
 public:
  LineRecorder(Fd file, std::int64_t max_bytes) : file_(std::move(file)), max_bytes_(max_bytes) {}
  void add(std::uint64_t stream, std::string_view bytes);
  void finish();  // what has no line end yet is a line after all

 private:
  void frame(std::uint64_t stream, std::string_view text);
  void write_batch();

  Fd file_;
  std::int64_t max_bytes_;
  std::int64_t size_ = 0;
  std::int64_t lost_lines_ = 0;
  std::int64_t batch_lines_ = 0;
  std::string batch_;
  std::string partial_[2];
};

}  // namespace seatrial::drivers

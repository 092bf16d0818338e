// A stream of bytes cut into lines. Pure.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/container.h"

namespace seatrial::drivers {

class OutputLines {
 public:
  void add(std::string_view bytes, Time at, std::vector<OutputLine>& out) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const auto most = kMaxOutputLine - partial_.size();
      const bool whole = end != std::string_view::npos && end <= most;
      const auto taken = whole ? end : std::min(bytes.size(), most);
      partial_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken + (whole ? 1 : 0));
      if (whole || partial_.size() == kMaxOutputLine) emit(at, out);
    }
  }
  // What has no line end yet, if anything.
  void finish(Time at, std::vector<OutputLine>& out) {
    if (!partial_.empty()) emit(at, out);
  }

 private:
  // NUL stands for a line end within one record (runtime_client.py).
  void emit(Time at, std::vector<OutputLine>& out) {
    std::ranges::replace(partial_, '\0', '\n');
    if (partial_.ends_with('\r')) partial_.pop_back();
    out.push_back({at, std::move(partial_), false});
    partial_.clear();
  }
  std::string partial_;
};

}  // namespace seatrial::drivers

// The known name most like one that is not.
#pragma once
#include <string_view>

namespace seatrial::logs::query {

class Nearest {
 public:
  explicit Nearest(std::string_view wanted) : wanted_(wanted) {}

  void offer(std::string_view name);
  // Empty unless one is close: a letter or two off, or a third of a long name.
  std::string_view found() const { return found_; }

 private:
  std::string_view wanted_;
  std::string_view found_;
  std::size_t distance_ = static_cast<std::size_t>(-1);
};

}  // namespace seatrial::logs::query

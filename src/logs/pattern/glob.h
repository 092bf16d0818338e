// Text in which every '*' stands for any text, also none. Linear: the pieces between the asterisks
// are sought one behind the other, each at its first place.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs::pattern {

class Glob {
 public:
  Glob() = default;
  explicit Glob(std::string_view text);
  bool wild() const { return pieces_.size() > 1; }
  bool matches(std::string_view text) const;

 private:
  std::vector<std::string> pieces_{""};
};

}  // namespace seatrial::logs::pattern

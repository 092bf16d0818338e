// See interface_counters.h. proc(5): bytes packets errs drop fifo frame compressed multicast,
// received and then, after the eighth, transmitted.
#include "drivers/network/interface_counters.h"

#include <array>
#include <sstream>

namespace seatrial::drivers {

std::map<std::string, NetworkUsage> parse_interface_counters(const std::string& text) {
  std::map<std::string, NetworkUsage> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    const auto start = line.find_first_not_of(' ');
    if (colon == line.npos || start >= colon) continue;
    std::istringstream numbers(line.substr(colon + 1));
    std::array<std::int64_t, 12> n{};
    for (auto& value : n) numbers >> value;
    if (!numbers) continue;
    all[line.substr(start, colon - start)] = {n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]};
  }
  return all;
}

}  // namespace seatrial::drivers

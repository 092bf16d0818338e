// The kernel's counters of a namespace's interfaces, as /proc/net/dev prints them.
#pragma once
#include <map>
#include <string>

#include "drivers/network.h"

namespace seatrial::drivers {

// By interface. Lines that are not a counter's are passed over.
std::map<std::string, NetworkUsage> parse_interface_counters(const std::string& text);

}  // namespace seatrial::drivers

// Which world's folder a command means, the same rule for every command.
#pragma once
#include <filesystem>
#include <string>

namespace seatrial {

// `given` (--world), else $SEATRIAL_WORLD, else ./.seatrial when it exists, else
// $XDG_DATA_HOME/seatrial/default (~/.local/share). Absolute.
std::filesystem::path find_world(const std::string& given);

}  // namespace seatrial

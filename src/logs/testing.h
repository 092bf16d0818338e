// For the engine's tests.
#pragma once
#include <filesystem>

namespace seatrial::logs {

// Where a test's folder goes: in memory where that is possible, for a loaded machine's disk takes
// longer over a thousand syncs than a test may, and no test here is about power cuts.
inline std::filesystem::path scratch() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

}  // namespace seatrial::logs

#include "base/world_folder.h"

#include <cstdlib>

namespace seatrial {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path find_world(const std::string& given) {
  namespace fs = std::filesystem;
  if (!given.empty()) return fs::absolute(given).lexically_normal();
  if (const auto named = environment("SEATRIAL_WORLD"); !named.empty()) {
    return fs::absolute(named).lexically_normal();
  }
  if (fs::is_directory(".seatrial")) return fs::absolute(".seatrial").lexically_normal();
  auto data = environment("XDG_DATA_HOME");
  if (data.empty()) data = environment("HOME") + "/.local/share";
  return fs::path(data) / "seatrial" / "default";
}

}  // namespace seatrial

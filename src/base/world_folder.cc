#include "base/world_folder.h"

#include <cstdlib>

namespace seatrial {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// One spelling per folder: links resolved, no trailing slash. What is named after it depends on
// that.
std::filesystem::path one_spelling(const std::filesystem::path& given) {
  auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(given));
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

std::filesystem::path find_world(const std::string& given) {
  namespace fs = std::filesystem;
  if (!given.empty()) return one_spelling(given);
  if (const auto named = environment("SEATRIAL_WORLD"); !named.empty()) {
    return one_spelling(named);
  }
  if (fs::is_directory(".seatrial")) return one_spelling(".seatrial");
  auto data = environment("XDG_DATA_HOME");
  if (data.empty()) data = environment("HOME") + "/.local/share";
  return one_spelling(fs::path(data) / "seatrial" / "default");
}

}  // namespace seatrial

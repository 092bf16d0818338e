// A scratch folder for as long as its owner lives. Declared before what writes into it, it is
// removed after that has stopped, whichever way a test ends; removing it in a destructor's body
// raced with the engine's own threads, which are joined only by the members' destructors.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/check.h"

namespace seatrial {

class TempFolder {
 public:
  // `parent`/`stem`-XXXXXX, mode 0700.
  explicit TempFolder(std::string_view stem, const std::filesystem::path& parent =
                                                 std::filesystem::temp_directory_path()) {
    std::string name = (parent / (std::string(stem) + "-XXXXXX")).string();
    ST_CHECK(::mkdtemp(name.data()) != nullptr, "no scratch folder can be made");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  operator const std::filesystem::path&() const { return path_; }  // NOLINT: it is that path
  const std::filesystem::path& path() const { return path_; }
  std::string string() const { return path_.string(); }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace seatrial

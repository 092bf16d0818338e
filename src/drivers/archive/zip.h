// Zip archives from strangers, unpacked into a folder of their own, and small ones made.
//
// Unpacking trusts nothing: names that leave the folder, links that lead out of it, devices, and
// archives that grow beyond a limit are errors. libarchive reads and writes; the limits are ours.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace seatrial::drivers {

struct ZipError {
  enum class Kind {
    kNotZip,    // no archive, or one that cannot be read to its end
    kTooLarge,  // unpacks to more than the limit
    kUnsafe,    // an entry that points outside
    kDisk       // could not be written
  } kind;
  std::string message;
};

struct ZipLimits {
  std::int64_t bytes = 262'144'000;  // of all files together, unpacked
  int entries = 200'000;
};

// Unpacks into `folder`, which exists and is empty; says how many bytes the files have. On an error
// what was unpacked is left behind.
std::expected<std::int64_t, ZipError> unzip(std::string_view archive,
                                            const std::filesystem::path& folder,
                                            const ZipLimits& limits = {});

// An archive of these files, all executable; the same bytes for the same files.
std::string zip_files(const std::map<std::string, std::string>& files);

}  // namespace seatrial::drivers

// Files as the engine needs them: written at a known end, made durable, read at an offset. Errors
// are texts that name the file.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace seatrial::metrics {

using Done = std::expected<void, std::string>;

class File {
 public:
  enum class Mode { kRead, kWrite };  // kWrite: created when missing, read too
  static std::expected<File, std::string> open(const std::filesystem::path& path, Mode mode);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  std::uint64_t size() const { return size_; }
  // At the end. A failed append leaves the file as it was.
  Done append(std::string_view bytes);
  Done sync();
  Done truncate(std::uint64_t size);
  std::expected<std::string, std::string> read(std::uint64_t at, std::size_t size) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  File(int fd, std::filesystem::path path, std::uint64_t size)
      : fd_(fd), path_(std::move(path)), size_(size) {}
  std::unexpected<std::string> failed(const char* what) const;

  int fd_ = -1;
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
};

Done sync_folder(const std::filesystem::path& folder);
// Whole or not at all: written beside, synced, renamed.
Done replace_file(const std::filesystem::path& path, std::string_view bytes);

std::uint32_t checksum(std::string_view bytes);  // CRC-32

// Records in an append-only file: length, checksum, bytes.
inline constexpr std::size_t kMaxRecord = 256u << 20;
void append_record(std::string& to, std::string_view bytes);
// Calls with each record from the start on; returns where the last good one ends. What follows is a
// torn write.
std::uint64_t read_records(std::string_view file,
                           const std::function<bool(std::string_view record)>& each);

}  // namespace seatrial::metrics

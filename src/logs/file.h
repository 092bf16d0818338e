// POSIX files as the engine needs them: whole writes, whole reads, errors in words.
#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs {

using Done = std::expected<void, std::string>;

class File {
 public:
  File() = default;
  File(File&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File();

  enum class Mode { kRead, kWrite };  // kWrite creates
  static std::expected<File, std::string> open(const std::filesystem::path& path, Mode mode);

  bool is_open() const { return fd_ >= 0; }
  std::expected<std::uint64_t, std::string> size() const;
  // Exactly `size` bytes; fewer is an error.
  std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) const;
  Done read_into(std::uint64_t offset, char* out, std::size_t size) const;
  Done write(std::uint64_t offset, std::string_view bytes);
  Done write(std::uint64_t offset, std::vector<iovec> pieces);
  Done sync();  // fdatasync
  Done truncate(std::uint64_t size);

 private:
  int fd_ = -1;
};

Done sync_folder(const std::filesystem::path& folder);
// Readers see the old file or the new one, after a crash too.
Done replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace seatrial::logs

// The few file operations that a store shared by two processes needs: whole-file replacement that a
// crash cannot halve, a lock that dies with its holder, and reads with a limit. The image store and
// the process driver (drivers/process) both live on them. Boost-free: the shim uses them too.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace seatrial::drivers {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// "cannot open /a/b: No such file or directory", of the current errno.
std::string errno_text(std::string_view what);

// The whole file; an error when it is missing or longer than `max_bytes`.
std::expected<std::string, std::string> read_whole_file(const std::filesystem::path& path,
                                                        std::size_t max_bytes);
// Writes all of `bytes`, through short writes and interrupts; false with errno set.
bool write_all(int fd, std::string_view bytes);
// Readers see the old file or the whole new one. Synced to disk when `durable`.
std::expected<void, std::string> replace_file(const std::filesystem::path& path,
                                              std::string_view bytes, unsigned mode = 0644,
                                              bool durable = true);
// Makes a rename or removal inside `directory` durable.
void sync_directory(const std::filesystem::path& directory);

// An exclusive flock on `path` (made when missing), waited for; freed when dropped or when the
// process dies. Each call locks anew, also against threads of the same process.
std::expected<Fd, std::string> lock_file(const std::filesystem::path& path);
// As lock_file, but empty at once when another holds it.
Fd try_lock_file(const std::filesystem::path& path);

}  // namespace seatrial::drivers

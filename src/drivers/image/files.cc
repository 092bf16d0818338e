// See files.h.
#include "drivers/image/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace seatrial::drivers {

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string errno_text(std::string_view what) {
  const int error = errno;
  return std::string(what) + ": " + ::strerror(error);
}

std::expected<std::string, std::string> read_whole_file(const std::filesystem::path& path,
                                                        std::size_t max_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(errno_text("cannot open " + path.string()));
  std::string text;
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(errno_text("cannot read " + path.string()));
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return std::unexpected(path.string() + " is longer than " + std::to_string(max_bytes) +
                             " bytes");
    }
  }
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::expected<void, std::string> replace_file(const std::filesystem::path& path,
                                              std::string_view bytes, unsigned mode, bool durable) {
  static std::atomic<unsigned> serial{0};
  const std::filesystem::path temporary =
      path.parent_path() / (".tmp-" + path.filename().string() + "-" + std::to_string(::getpid()) +
                            "-" + std::to_string(serial++));
  Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd) return std::unexpected(errno_text("cannot create " + temporary.string()));
  if (!write_all(fd.get(), bytes) || (durable && ::fsync(fd.get()) != 0)) {
    const std::string why = errno_text("cannot write " + temporary.string());
    ::unlink(temporary.c_str());
    return std::unexpected(why);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::string why = errno_text("cannot replace " + path.string());
    ::unlink(temporary.c_str());
    return std::unexpected(why);
  }
  if (durable) sync_directory(path.parent_path());
  return {};
}

void sync_directory(const std::filesystem::path& directory) {
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

std::expected<Fd, std::string> lock_file(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) return std::unexpected(errno_text("cannot open the lock " + path.string()));
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return std::unexpected(errno_text("cannot lock " + path.string()));
  }
  return fd;
}

Fd try_lock_file(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) fd.reset();
  return fd;
}

}  // namespace seatrial::drivers

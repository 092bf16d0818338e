#include "metrics/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

namespace seatrial::metrics {
namespace {

std::unexpected<std::string> system_error(const char* what, const std::filesystem::path& path) {
  return std::unexpected(std::string("cannot ") + what + " " + path.string() + ": " +
                         std::strerror(errno));
}

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

void append_word(std::string& to, std::uint32_t word) {
  to.append(reinterpret_cast<const char*>(&word), sizeof word);
}

}  // namespace

std::expected<File, std::string> File::open(const std::filesystem::path& path, Mode mode) {
  const int flags = mode == Mode::kRead ? O_RDONLY : O_RDWR | O_CREAT;
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return system_error("open", path);
  struct stat status{};
  if (fstat(fd, &status) != 0) {
    auto error = system_error("look at", path);
    ::close(fd);
    return error;
  }
  return File(fd, path, static_cast<std::uint64_t>(status.st_size));
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), size_(other.size_) {}

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(size_, other.size_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<std::string> File::failed(const char* what) const {
  return system_error(what, path_);
}

Done File::append(std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const auto n = ::pwrite(fd_, bytes.data() + written, bytes.size() - written,
                            static_cast<off_t>(size_ + written));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) errno = ENOSPC;
      auto error = failed("write to");
      (void)!::ftruncate(fd_, static_cast<off_t>(size_));
      return error;
    }
    written += static_cast<std::size_t>(n);
  }
  size_ += bytes.size();
  return {};
}

Done File::sync() { return ::fdatasync(fd_) == 0 ? Done{} : Done(failed("sync")); }

Done File::truncate(std::uint64_t size) {
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return failed("truncate");
  size_ = size;
  return {};
}

std::expected<std::string, std::string> File::read(std::uint64_t at, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const auto n = ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read");
    if (n == 0) return std::unexpected(path_.string() + " ends too early");
    done += static_cast<std::size_t>(n);
  }
  return bytes;
}

Done sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_error("open", folder);
  const bool synced = ::fsync(fd) == 0;
  auto error = system_error("sync", folder);
  ::close(fd);
  return synced ? Done{} : Done(error);
}

Done replace_file(const std::filesystem::path& path, std::string_view bytes) {
  auto beside = path;
  beside += ".new";
  {
    auto file = File::open(beside, File::Mode::kWrite);
    if (!file) return std::unexpected(file.error());
    auto done = file->truncate(0);
    if (done) done = file->append(bytes);
    if (done) done = file->sync();
    if (!done) return done;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return system_error("replace", path);
  return sync_folder(path.parent_path());
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void append_record(std::string& to, std::string_view bytes) {
  append_word(to, static_cast<std::uint32_t>(bytes.size()));
  append_word(to, checksum(bytes));
  to.append(bytes);
}

std::uint64_t read_records(std::string_view file,
                           const std::function<bool(std::string_view)>& each) {
  std::size_t at = 0;
  while (file.size() - at >= 8) {
    const std::size_t size = word_at(file, at);
    if (size > kMaxRecord || size > file.size() - at - 8) break;
    const auto record = file.substr(at + 8, size);
    if (checksum(record) != word_at(file, at + 4) || !each(record)) break;
    at += 8 + size;
  }
  return at;
}

}  // namespace seatrial::metrics

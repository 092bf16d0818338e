#include "logs/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace seatrial::logs {
namespace {

constexpr std::size_t kMaxPieces = 512;  // below IOV_MAX

std::unexpected<std::string> failed(const char* what) {
  return std::unexpected(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::expected<File, std::string> File::open(const std::filesystem::path& path, Mode mode) {
  File file;
  const int flags = mode == Mode::kRead ? O_RDONLY : O_RDWR | O_CREAT;
  file.fd_ = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file.fd_ < 0) return failed(("cannot open " + path.string()).c_str());
  return file;
}

std::expected<std::uint64_t, std::string> File::size() const {
  struct stat status{};
  if (fstat(fd_, &status) != 0) return failed("cannot look at the file");
  return static_cast<std::uint64_t>(status.st_size);
}

Done File::read_into(std::uint64_t offset, char* out, std::size_t size) const {
  while (size > 0) {
    const ssize_t got = pread(fd_, out, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot read");
    if (got == 0) return std::unexpected("the file ends too early");
    out += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

std::expected<std::string, std::string> File::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  if (auto done = read_into(offset, bytes.data(), size); !done) {
    return std::unexpected(done.error());
  }
  return bytes;
}

Done File::write(std::uint64_t offset, std::string_view bytes) {
  return write(offset, {iovec{const_cast<char*>(bytes.data()), bytes.size()}});
}

Done File::write(std::uint64_t offset, std::vector<iovec> pieces) {
  std::size_t first = 0;
  while (first < pieces.size()) {
    const auto count = static_cast<int>(std::min(pieces.size() - first, kMaxPieces));
    const ssize_t put = pwritev(fd_, pieces.data() + first, count, static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("cannot write");
    offset += static_cast<std::uint64_t>(put);
    auto left = static_cast<std::size_t>(put);
    while (first < pieces.size() && left >= pieces[first].iov_len) left -= pieces[first++].iov_len;
    if (first == pieces.size()) break;
    pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + left;
    pieces[first].iov_len -= left;
  }
  return {};
}

Done File::sync() {
  if (fdatasync(fd_) != 0) return failed("cannot sync");
  return {};
}

Done File::truncate(std::uint64_t size) {
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0) return failed("cannot truncate");
  return {};
}

Done sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("cannot open the folder");
  const int state = fsync(fd);
  ::close(fd);
  if (state != 0) return failed("cannot sync the folder");
  return {};
}

Done replace_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  auto file = File::open(fresh, File::Mode::kWrite);
  if (!file) return std::unexpected(file.error());
  if (auto done = file->truncate(0); !done) return done;
  if (auto done = file->write(0, bytes); !done) return done;
  if (auto done = file->sync(); !done) return done;
  if (rename(fresh.c_str(), path.c_str()) != 0) return failed("cannot rename");
  return sync_folder(path.parent_path());
}

}  // namespace seatrial::logs

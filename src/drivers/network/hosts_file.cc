// Block handling; see the header for the rules.
#include "drivers/network/hosts_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace seatrial::drivers {
namespace {

constexpr std::string_view kBegin = "# seatrial begin ", kEnd = "# seatrial end ";
constexpr std::size_t kMaxHostsFile = 1 << 20;
constexpr int kLockAttempts = 100;  // of 10 ms

class Locked {
 public:
  explicit Locked(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    for (int i = 0; fd_ >= 0 && i < kLockAttempts && !locked_; ++i) {
      locked_ = ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
      if (!locked_) ::usleep(10'000);
    }
  }
  ~Locked() {
    if (fd_ >= 0) ::close(fd_);  // unlocks, too
  }
  bool good() const { return locked_; }

  std::string read() const {
    std::string text(kMaxHostsFile, '\0');
    const auto got = ::pread(fd_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
  // In place: written over the old text, then cut to length.
  bool write(const std::string& text) const {
    return ::pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
           ::ftruncate(fd_, static_cast<off_t>(text.size())) == 0;
  }

 private:
  int fd_;
  bool locked_ = false;
};

// Without our block and those of worlds that are no more.
std::string without_blocks(const std::string& text, const std::string& world) {
  std::string kept, skipping;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const auto line = text.substr(start, end - start);
    const auto bare = line.substr(0, line.find_last_not_of("\r\n") + 1);
    start = end;
    if (!skipping.empty()) {
      if (bare == std::string(kEnd) + skipping) skipping.clear();
      continue;
    }
    if (bare.starts_with(kBegin)) {
      const auto owner = bare.substr(kBegin.size());
      const bool closed = text.find(std::string(kEnd) + owner + "\n", start) != text.npos;
      if (closed && (owner == world || ::access(owner.c_str(), F_OK) != 0)) {
        skipping = owner;
        continue;
      }
    }
    kept += line;
  }
  return kept;
}

}  // namespace

HostsFile::HostsFile(std::string world_dir, std::string path) : path_(std::move(path)) {
  std::error_code failed;
  world_ = std::filesystem::weakly_canonical(world_dir, failed).string();
  if (failed || world_.empty()) world_ = std::move(world_dir);
}

bool HostsFile::writable() const { return ::access(path_.c_str(), R_OK | W_OK) == 0; }

std::expected<void, std::string> HostsFile::set(const std::map<std::string, std::string>& names) {
  if (world_.find('\n') != world_.npos) return std::unexpected("the world's path has a line end");
  const Locked file(path_);
  if (!file.good())
    return std::unexpected(fmt::format("cannot write {}: no permission, or locked", path_));
  const auto before = file.read();
  if (before.size() >= kMaxHostsFile) return std::unexpected(path_ + " is too large to edit");
  auto after = without_blocks(before, world_);
  if (!names.empty()) {
    if (!after.empty() && after.back() != '\n') after += '\n';
    after += fmt::format("{}{}\n", kBegin, world_);
    for (const auto& [name, address] : names) after += fmt::format("{} {}\n", address, name);
    after += fmt::format("{}{}\n", kEnd, world_);
  }
  if (after == before || file.write(after)) return {};
  file.write(before);
  return std::unexpected(fmt::format("cannot write {} (disk full?)", path_));
}

}  // namespace seatrial::drivers

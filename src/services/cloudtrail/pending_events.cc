#include "services/cloudtrail/pending_events.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace seatrial::services::cloudtrail {
namespace {

constexpr std::size_t kHead = 64;  // a line of the cache of its own

}  // namespace

// `used` counts; bytes beyond it are of an event that was never finished.
struct PendingEvents::Head {
  std::int64_t first;
  std::int64_t count;
  std::atomic<std::uint64_t> used;
};

std::expected<std::unique_ptr<PendingEvents>, std::string> PendingEvents::open(
    const std::filesystem::path& file) {
  const auto failed = [&](int error) {
    return std::unexpected(fmt::format("{}: {}", file.string(), std::strerror(error)));
  };
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return failed(errno);
  const int full = ::posix_fallocate(fd, 0, 2 * kHalf);
  void* at = full != 0 ? MAP_FAILED
                       : ::mmap(nullptr, 2 * kHalf, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) {
    const int error = full != 0 ? full : errno;
    ::close(fd);
    return failed(error);
  }
  return std::unique_ptr<PendingEvents>(new PendingEvents(fd, static_cast<char*>(at)));
}

PendingEvents::~PendingEvents() {
  ::munmap(bytes_, 2 * kHalf);
  ::close(fd_);
}

PendingEvents::Head& PendingEvents::head(int half) const {
  return *reinterpret_cast<Head*>(bytes_ + static_cast<std::size_t>(half) * kHalf);
}

PendingEvents::Half PendingEvents::view(int half) const {
  const Head& of = head(half);
  const auto used = std::min<std::uint64_t>(of.used.load(std::memory_order_acquire), kHalf - kHead);
  return {of.first,
          used == 0 ? 0 : of.count,
          {reinterpret_cast<const char*>(&of) + kHead, static_cast<std::size_t>(used)}};
}

bool PendingEvents::append(std::string_view event) {
  Head& to = head(active_);
  const auto used = to.used.load(std::memory_order_relaxed);
  if (event.size() > kHalf - kHead - used) return false;
  std::memcpy(reinterpret_cast<char*>(&to) + kHead + used, event.data(), event.size());
  ++to.count;
  to.used.store(used + event.size(), std::memory_order_release);
  return true;
}

bool PendingEvents::empty() const { return view(active_).bytes.empty(); }

PendingEvents::Half PendingEvents::swap() {
  const Half taken = view(active_);
  active_ = 1 - active_;
  Head& next = head(active_);
  next.first = taken.first + taken.count;
  next.count = 0;
  return taken;
}

void PendingEvents::clear_taken() { head(1 - active_).used.store(0, std::memory_order_release); }

PendingEvents::Half PendingEvents::left(int index) const {
  const bool turned = head(1).first < head(0).first;
  return view(turned ? 1 - index : index);
}

void PendingEvents::begin(std::int64_t first) {
  for (const int half : {0, 1}) head(half).used.store(0, std::memory_order_release);
  active_ = 0;
  head(0).first = first;
  head(0).count = 0;
}

}  // namespace seatrial::services::cloudtrail

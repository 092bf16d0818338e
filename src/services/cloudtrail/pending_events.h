// The events not yet in a block: two halves of a mapped file, <world>/trail.pending.
//
// Problem: an event must not cost its call a system call, and kill -9 must not cost the event.
// Choice: callers copy into a mapping of a file, which the kernel keeps whatever becomes of the
// process; while one half is made a block, the other takes what comes. A half says how many bytes
// of it count and from which sequence number, written after the bytes. The file's space is taken
// beforehand, so that a full disk is an error at the start, not a fault in the middle. What a power
// cut may cost is what came since the last block (kFlush in event_log.h).
#pragma once
#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace seatrial::services::cloudtrail {

class PendingEvents {
 public:
  static constexpr std::size_t kHalf =
      1u << 20;  // bytes of a half, its head included; many times an event's most

  struct Half {
    std::int64_t first = 0;  // sequence number of its first event
    std::int64_t count = 0;
    std::string_view bytes;
  };

  static std::expected<std::unique_ptr<PendingEvents>, std::string> open(
      const std::filesystem::path& file);
  ~PendingEvents();
  PendingEvents(const PendingEvents&) = delete;
  PendingEvents& operator=(const PendingEvents&) = delete;

  // Callers see to it that one thread at a time appends or swaps.
  bool append(std::string_view event);  // false: this half is full
  bool empty() const;
  // Takes what was appended, and lets the other half, which must be empty, take what comes next.
  Half swap();
  // The half taken is in a block now.
  void clear_taken();
  // What a process before this one left, oldest first; either may be empty.
  Half left(int index) const;
  void begin(std::int64_t first);  // forgets what is there; the next event has this number

 private:
  struct Head;
  PendingEvents(int fd, char* bytes) : fd_(fd), bytes_(bytes) {}
  Head& head(int half) const;
  Half view(int half) const;

  int fd_;
  char* bytes_;
  int active_ = 0;
};

}  // namespace seatrial::services::cloudtrail

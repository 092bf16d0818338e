// What a commit changes, and its form in the write-ahead log.
#pragma once
#include <sys/uio.h>

#include <deque>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "logs/batch.h"
#include "logs/group.h"

namespace seatrial::logs {

struct Change {
  enum class Kind : std::uint8_t { kAppend = 1, kRemoveGroup, kRemoveStream, kDropBefore };
  Kind kind = Kind::kAppend;
  std::string group, stream;
  EventBatch events;
  std::int64_t first_sequence = 0;
  std::int64_t ingestion_ms = 0;
  DropMark mark;
};

// The changes as pieces of one frame; the pieces point into the changes and into `storage`.
std::vector<iovec> encode_changes(const std::vector<Change>& changes,
                                  std::deque<std::string>& storage);

// Calls `apply` for each change of a frame.
std::expected<void, std::string> decode_changes(std::string_view payload,
                                                const std::function<void(Change)>& apply);

}  // namespace seatrial::logs

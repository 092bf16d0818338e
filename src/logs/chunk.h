// Events of one group in memory, whole: what a head holds, and what a block decodes to.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "logs/batch.h"

namespace seatrial::logs {

struct EventMeta {
  std::int64_t timestamp_ms = 0;
  std::int64_t sequence = 0;
  std::int64_t ingestion_ms = 0;
  std::uint32_t stream = 0;  // its number in the group
  std::uint32_t offset = 0, length = 0;

  auto order() const { return std::tuple(timestamp_ms, sequence); }
};

struct Chunk {
  std::vector<EventMeta> events;  // by (timestamp, sequence)
  Buffer bytes;                   // messages, each followed by a line feed
  bool in_order = false;          // the messages lie in the order of the events

  std::string_view message(const EventMeta& event) const {
    return bytes.view().substr(event.offset, event.length);
  }
};

// The batch as a chunk of `stream`, numbered from `first_sequence` in its order of arrival.
Chunk make_chunk(EventBatch batch, std::uint32_t stream, std::int64_t first_sequence,
                 std::int64_t ingestion_ms);

// All events of all, sorted, with the messages in order.
Chunk merge_chunks(std::span<const Chunk* const> chunks);

}  // namespace seatrial::logs

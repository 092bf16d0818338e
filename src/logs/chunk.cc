#include "logs/chunk.h"

#include <algorithm>

namespace seatrial::logs {
namespace {

struct Placed {
  EventMeta event;
  const Chunk* chunk = nullptr;
};

bool comes_before(const EventMeta& a, const EventMeta& b) { return a.order() < b.order(); }

std::vector<Placed> sorted_events(std::span<const Chunk* const> chunks) {
  std::size_t count = 0;
  for (const Chunk* chunk : chunks) count += chunk->events.size();
  std::vector<Placed> all;
  all.reserve(count);
  for (const Chunk* chunk : chunks) {
    for (const EventMeta& event : chunk->events) all.push_back({event, chunk});
  }
  const auto before = [](const Placed& a, const Placed& b) {
    return comes_before(a.event, b.event);
  };
  if (!std::is_sorted(all.begin(), all.end(), before)) std::sort(all.begin(), all.end(), before);
  return all;
}

}  // namespace

Chunk make_chunk(EventBatch batch, std::uint32_t stream, std::int64_t first_sequence,
                 std::int64_t ingestion_ms) {
  Chunk chunk;
  chunk.events.reserve(batch.items.size());
  for (const auto& item : batch.items) {
    chunk.events.push_back(
        {item.timestamp_ms, first_sequence++, ingestion_ms, stream, item.offset, item.length});
  }
  chunk.in_order = std::is_sorted(chunk.events.begin(), chunk.events.end(), comes_before);
  if (!chunk.in_order) std::sort(chunk.events.begin(), chunk.events.end(), comes_before);
  chunk.bytes = std::move(batch.bytes);
  return chunk;
}

Chunk merge_chunks(std::span<const Chunk* const> chunks) {
  const auto sorted = sorted_events(chunks);
  std::size_t bytes = 0;
  for (const Placed& placed : sorted) bytes += placed.event.length + 1;
  Chunk merged;
  merged.events.reserve(sorted.size());
  merged.bytes.reserve(bytes);
  for (const Placed& placed : sorted) {
    EventMeta& event = merged.events.emplace_back(placed.event);
    event.offset = static_cast<std::uint32_t>(merged.bytes.size());
    merged.bytes.append(placed.chunk->bytes.view().substr(placed.event.offset, event.length + 1));
  }
  merged.in_order = true;
  return merged;
}

}  // namespace seatrial::logs

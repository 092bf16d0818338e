// One group's events: what is live of it, as far as the committed changes say.
//
// Removal is by rule, not by rewriting: a removed stream's number is dead, and a retention mark
// says that events older than a time and put before a moment are gone. Blocks of which nothing is
// left go at once; what is left of others is decided event by event while reading.
#pragma once
#include <deque>
#include <optional>
#include <unordered_map>

#include "logs/part.h"

namespace seatrial::logs {

// Events with a timestamp before `before_ms` and a sequence before `before_sequence` are gone.
struct DropMark {
  std::int64_t before_ms = 0;
  std::int64_t before_sequence = 0;
  bool covers(const EventMeta& event) const {
    return event.timestamp_ms < before_ms && event.sequence < before_sequence;
  }
  bool covers_all(const BlockInfo& info) const {
    return info.last_ms < before_ms && info.last_sequence < before_sequence;
  }
  bool touches(const BlockInfo& info) const {
    return info.first_ms < before_ms && info.first_sequence < before_sequence;
  }
};

struct Stream {
  std::string name;  // never changes: views of it outlive the lock
  bool dead = false;
  bool has_events = false;
  std::int64_t first_ms = 0, last_ms = 0, last_ingestion_ms = 0;
};

// A part as its group holds it.
struct Held {
  PartPtr part;
  std::int64_t dead_bytes = 0;  // of its counted bytes, removed
  std::int64_t live_bytes() const { return part->info.counted_bytes() - dead_bytes; }
};

// A closed head on its way to become a block.
struct Closed {
  std::vector<PartPtr> parts;
  std::size_t bytes = 0;
};

// Guarded by the engine's lock.
class Group {
 public:
  explicit Group(std::string name) : name(std::move(name)) {}

  // The stream's number, new when there is none of that name.
  std::uint32_t stream_number(const std::string& stream);
  void append(const std::string& stream, EventBatch batch, std::int64_t first_sequence,
              std::int64_t ingestion_ms);
  void remove_stream(const std::string& stream);
  void drop(const DropMark& mark);
  Closed close_head();
  // Puts a sealed block in place of the parts it was made of, as far as they still count.
  void replace(std::span<const PartPtr> old, PartPtr sealed);
  void swap_part(const PartPtr& old, PartPtr moved);  // the same events at another place
  void prune_marks();
  void restore(Held held) {  // at start
    stored_bytes += held.live_bytes();
    parts.push_back(std::move(held));
  }

  const std::string name;
  std::vector<Held> parts;  // closed, in the order of closing
  std::vector<Held> head;   // raw, still growing
  std::size_t head_bytes = 0;
  std::deque<Stream> streams;
  std::unordered_map<std::string, std::uint32_t> live_streams;
  std::vector<DropMark> marks;
  std::int64_t stored_bytes = 0;
  std::size_t dead_streams = 0;
  bool removed = false;

  bool is_live(const EventMeta& event) const;

 private:
  void compact_head();
  void refresh_times(std::int64_t before_ms);
  template <class Gone>
  void kill(std::vector<Held>& list, Gone&& gone);
  void note_times(Stream& stream, const Chunk& chunk);
};

}  // namespace seatrial::logs

#include "logs/group.h"

#include <algorithm>

namespace seatrial::logs {
namespace {

constexpr std::size_t kCompactBytes = 128u << 10;  // raw parts up to this size are put together

std::size_t raw_size(const Held& held) { return held.part->chunk->bytes.size(); }

std::int64_t counted(const EventMeta& event) {
  return static_cast<std::int64_t>(event.length + kEventOverhead);
}

}  // namespace

bool Group::is_live(const EventMeta& event) const {
  if (streams[event.stream].dead) return false;
  return std::none_of(marks.begin(), marks.end(),
                      [&](const DropMark& mark) { return mark.covers(event); });
}

std::uint32_t Group::stream_number(const std::string& stream) {
  const auto [found, fresh] =
      live_streams.try_emplace(stream, static_cast<std::uint32_t>(streams.size()));
  if (fresh) streams.push_back({stream});
  return found->second;
}

void Group::note_times(Stream& stream, const Chunk& chunk) {
  const EventMeta& first = chunk.events.front();
  const EventMeta& last = chunk.events.back();
  if (!stream.has_events || first.timestamp_ms < stream.first_ms) {
    stream.first_ms = first.timestamp_ms;
  }
  if (!stream.has_events || last.timestamp_ms >= stream.last_ms) {
    stream.last_ms = last.timestamp_ms;
    stream.last_ingestion_ms = last.ingestion_ms;
  }
  stream.has_events = true;
}

void Group::append(const std::string& stream, EventBatch batch, std::int64_t first_sequence,
                   std::int64_t ingestion_ms) {
  if (batch.empty()) return;
  const std::uint32_t number = stream_number(stream);
  Chunk chunk = make_chunk(std::move(batch), number, first_sequence, ingestion_ms);
  note_times(streams[number], chunk);
  std::int64_t dead = 0;  // when the log is replayed under a manifest that knows what came later
  for (const EventMeta& event : chunk.events) dead += is_live(event) ? 0 : counted(event);
  head.push_back({make_part(std::move(chunk)), dead});
  head_bytes += raw_size(head.back());
  stored_bytes += head.back().live_bytes();
  if (head.back().live_bytes() == 0) head.pop_back();
  compact_head();
}

// As a binary counter carries: each event is copied a few times, and a head of thousands of single
// events stays a few parts.
void Group::compact_head() {
  while (head.size() >= 2) {
    const Held& last = head.back();
    const Held& before = head[head.size() - 2];
    const std::size_t both = raw_size(last) + raw_size(before);
    if (both > kCompactBytes || raw_size(before) > 2 * raw_size(last)) return;
    const Chunk* chunks[] = {before.part->chunk.get(), last.part->chunk.get()};
    Held merged{make_part(merge_chunks(chunks)), before.dead_bytes + last.dead_bytes};
    head.pop_back();
    head.back() = std::move(merged);
  }
}

Closed Group::close_head() {
  Closed closed;
  for (Held& held : head) {
    closed.parts.push_back(held.part);
    closed.bytes += raw_size(held);
    parts.push_back(std::move(held));
  }
  head.clear();
  head_bytes = 0;
  return closed;
}

// Takes what `gone` covers (and nothing has taken before) out of the sizes, and whole parts out of
// the list. gone(info) is kAll, kNone or kSome; gone(event) decides for kSome.
template <class Gone>
void Group::kill(std::vector<Held>& list, Gone&& gone) {
  PartReader reader;
  for (Held& held : list) {
    const auto how_much = gone(held.part->info);
    if (how_much == 0) continue;
    std::int64_t dead = 0;
    if (how_much == 2) {
      dead = held.live_bytes();
    } else {
      for (const EventMeta& event : reader.meta(*held.part)) {
        if (gone(event) && is_live(event)) dead += counted(event);
      }
    }
    held.dead_bytes += dead;
    stored_bytes -= dead;
  }
  std::erase_if(list, [](const Held& held) { return held.live_bytes() == 0; });
}

void Group::remove_stream(const std::string& stream) {
  const auto found = live_streams.find(stream);
  if (found == live_streams.end()) return;
  struct Gone {
    std::uint32_t number;
    int operator()(const BlockInfo& info) const {
      if (info.find_stream(number) == nullptr) return 0;
      return info.streams.size() == 1 ? 2 : 1;
    }
    bool operator()(const EventMeta& event) const { return event.stream == number; }
  } const gone{found->second};
  kill(parts, gone);
  kill(head, gone);
  streams[found->second].dead = true;
  ++dead_streams;
  live_streams.erase(found);
}

void Group::drop(const DropMark& mark) {
  struct Gone {
    const DropMark& mark;
    int operator()(const BlockInfo& info) const {
      if (!mark.touches(info)) return 0;
      return mark.covers_all(info) ? 2 : 1;
    }
    bool operator()(const EventMeta& event) const { return mark.covers(event); }
  } const gone{mark};
  kill(parts, gone);
  kill(head, gone);
  std::erase_if(marks, [&](const DropMark& old) {
    return old.before_ms <= mark.before_ms && old.before_sequence <= mark.before_sequence;
  });
  marks.push_back(mark);
  refresh_times(mark.before_ms);
}

// The first events of the streams that lost some, from what is left.
void Group::refresh_times(std::int64_t before_ms) {
  std::unordered_map<std::uint32_t, std::int64_t> firsts;
  for (const auto& [name, number] : live_streams) {
    Stream& stream = streams[number];
    if (!stream.has_events || stream.first_ms >= before_ms) continue;
    firsts.emplace(number, INT64_MAX);
  }
  if (firsts.empty()) return;
  PartReader reader;
  const auto look = [&](const Held& held) {
    const bool partly = held.dead_bytes > 0;
    const auto concerns = [&](const StreamSpan& span) { return firsts.contains(span.stream); };
    const auto& spans = held.part->info.streams;
    if (std::none_of(spans.begin(), spans.end(), concerns)) return;
    for (const StreamSpan& span : spans) {
      const auto first = firsts.find(span.stream);
      if (!partly && first != firsts.end()) first->second = std::min(first->second, span.first_ms);
    }
    if (!partly) return;
    for (const EventMeta& event : reader.meta(*held.part)) {
      const auto first = firsts.find(event.stream);
      if (first == firsts.end() || !is_live(event)) continue;
      first->second = std::min(first->second, event.timestamp_ms);
    }
  };
  std::for_each(parts.begin(), parts.end(), look);
  std::for_each(head.begin(), head.end(), look);
  for (const auto& [number, first] : firsts) {
    streams[number].has_events = first != INT64_MAX;
    streams[number].first_ms = first;
  }
}

void Group::replace(std::span<const PartPtr> old, PartPtr sealed) {
  const auto is_old = [&](const Held& held) {
    return std::find(old.begin(), old.end(), held.part) != old.end();
  };
  std::int64_t live = 0;
  for (const Held& held : parts) live += is_old(held) ? held.live_bytes() : 0;
  const auto place = std::find_if(parts.begin(), parts.end(), is_old);
  if (live == 0 || place == parts.end()) return;
  const std::int64_t dead = sealed->info.counted_bytes() - live;
  *place = {std::move(sealed), dead};
  std::erase_if(parts, is_old);
}

void Group::swap_part(const PartPtr& old, PartPtr moved) {
  for (Held& held : parts) {
    if (held.part == old) held.part = std::move(moved);
  }
}

void Group::prune_marks() {
  std::erase_if(marks, [&](const DropMark& mark) {
    const auto touched = [&](const Held& held) { return mark.touches(held.part->info); };
    return std::none_of(parts.begin(), parts.end(), touched) &&
           std::none_of(head.begin(), head.end(), touched);
  });
}

}  // namespace seatrial::logs

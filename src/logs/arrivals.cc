// Reading in the order of arrival. Parts of a group cover ranges of sequences that do not overlap
// (a head is closed, merged and sealed as a run), so that they are read one after the other and
// most of an old group is not read at all.
#include <algorithm>

#include "logs/engine.h"

namespace seatrial::logs {
namespace {

bool wants_stream(const ArrivalQuery& query, std::string_view name) {
  if (!query.streams.empty() && std::ranges::find(query.streams, name) == query.streams.end())
    return false;
  return query.stream_prefixes.empty() ||
         std::ranges::any_of(query.stream_prefixes,
                             [&](const std::string& prefix) { return name.starts_with(prefix); });
}

std::vector<PartPtr> parts_from(std::int64_t sequence, std::vector<PartPtr> parts) {
  std::erase_if(parts, [&](const PartPtr& part) { return part->info.last_sequence < sequence; });
  std::ranges::sort(parts, {}, [](const PartPtr& part) { return part->info.first_sequence; });
  return parts;
}

std::vector<EventMeta> by_arrival(const GroupView& view, const Chunk& chunk, std::int64_t from) {
  std::vector<EventMeta> events;
  for (const EventMeta& event : chunk.events)
    if (event.sequence >= from && view.takes(event)) events.push_back(event);
  std::ranges::sort(events, {}, &EventMeta::sequence);
  return events;
}

class Collector {
 public:
  Collector(const ArrivalQuery& query, Arrivals& out) : query_(query), out_(out) {}

  // False when a limit leaves this event for the next call.
  bool take(const EventView& view) {
    const bool full = out_.events.size() >= query_.limit || scanned_ >= query_.scan_limit ||
                      (bytes_ + view.message.size() > query_.byte_limit && !out_.events.empty());
    if (full) {
      out_.next_sequence = view.sequence;
      out_.more = true;
      return false;
    }
    ++scanned_;
    if (query_.matches && !query_.matches(view)) return true;
    bytes_ += view.message.size();
    out_.events.push_back({view.sequence, from_ms(view.timestamp_ms), from_ms(view.ingestion_ms),
                           std::string(view.stream), std::string(view.message)});
    return true;
  }

 private:
  const ArrivalQuery& query_;
  Arrivals& out_;
  std::size_t scanned_ = 0, bytes_ = 0;
};

}  // namespace

std::int64_t Engine::next_sequence() {
  const std::shared_lock lock(state_);
  return next_sequence_;
}

Arrivals Engine::read_arrivals(const ArrivalQuery& query) {
  Arrivals out;
  GroupView view;
  {
    const std::shared_lock lock(state_);
    out.next_sequence = std::max(next_sequence_, query.from_sequence);
    const auto group = find_group(query.group);
    if (!group) return out;
    view = make_view(group, {}, [&](const std::string& name) { return wants_stream(query, name); });
  }
  PartReader reader;
  Collector collector(query, out);
  for (const PartPtr& part : parts_from(query.from_sequence, std::move(view.parts))) {
    const auto chunk = reader.chunk(*part);
    for (const EventMeta& event : by_arrival(view, *chunk, query.from_sequence))
      if (!collector.take(view.event_view(*chunk, event))) return out;
  }
  return out;
}

}  // namespace seatrial::logs

#include "logs/part_rows.h"

#include <algorithm>

#include "logs/find_bytes.h"

namespace seatrial::logs {
namespace {

const std::string* longest(const std::vector<std::string>& needles) {
  const auto found = std::max_element(
      needles.begin(), needles.end(),
      [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  return found == needles.end() ? nullptr : &*found;
}

// Calls `found` for the events whose message holds the needle, searching all messages in one go.
template <class Found>
void find_events(const Chunk& chunk, std::string_view needle, const Found& found) {
  const auto& events = chunk.events;
  std::size_t index = 0;
  for (std::size_t at = find_bytes(chunk.bytes.view(), needle); at != std::string_view::npos;) {
    const auto after = [](std::size_t place, const EventMeta& event) {
      return place < event.offset;
    };
    const auto next = std::upper_bound(events.begin() + static_cast<std::ptrdiff_t>(index),
                                       events.end(), at, after);
    const EventMeta& event = *(next - 1);
    if (at + needle.size() <= event.offset + event.length) found(event);
    index = static_cast<std::size_t>(next - events.begin());
    at = find_bytes(chunk.bytes.view(), needle, event.offset + event.length + 1);
  }
}

}  // namespace

bool holds_all(std::string_view message, const std::vector<std::string>& needles) {
  return std::all_of(needles.begin(), needles.end(), [&](const std::string& needle) {
    return find_bytes(message, needle) != std::string_view::npos;
  });
}

std::vector<std::uint32_t> events_with(const Chunk& chunk,
                                       const std::vector<std::string>& needles) {
  std::vector<std::uint32_t> found;
  const auto add = [&](const EventMeta& event) {
    if (needles.size() == 1 || holds_all(chunk.message(event), needles))
      found.push_back(static_cast<std::uint32_t>(&event - chunk.events.data()));
  };
  const std::string& needle = *longest(needles);
  if (chunk.in_order && needle.find('\n') == std::string::npos) {
    find_events(chunk, needle, add);
    return found;
  }
  for (const EventMeta& event : chunk.events)
    if (find_bytes(chunk.message(event), needle) != std::string_view::npos) add(event);
  return found;
}

std::vector<EventView> rows_of(const GroupView& view, const Part& part, const Chunk& chunk,
                               const std::vector<std::string>& needles) {
  std::vector<EventView> rows;
  const bool all = view.takes_all(part.info);
  const auto add = [&](const EventMeta& event) {
    if (!all && !view.takes(event)) return;
    const EventView row = view.event_view(chunk, event);
    if (needles.size() <= 1 || holds_all(row.message, needles)) rows.push_back(row);
  };
  const std::string* needle = longest(needles);
  if (needle == nullptr) {
    rows.reserve(chunk.events.size());
    for (const EventMeta& event : chunk.events) add(event);
  } else if (chunk.in_order && needle->find('\n') == std::string::npos) {
    find_events(chunk, *needle, add);
  } else {
    for (const EventMeta& event : chunk.events) {
      if (find_bytes(chunk.message(event), *needle) != std::string_view::npos) add(event);
    }
  }
  return rows;
}

}  // namespace seatrial::logs

#include "logs/view.h"

#include <algorithm>

#include "logs/part_rows.h"

namespace seatrial::logs {

bool GroupView::takes(const EventMeta& event) const {
  if (event.timestamp_ms < range.start_ms || event.timestamp_ms > range.end_ms) return false;
  if (!all_streams && (event.stream >= streams.size() || streams[event.stream].empty())) {
    return false;
  }
  return std::none_of(marks.begin(), marks.end(),
                      [&](const DropMark& mark) { return mark.covers(event); });
}

bool GroupView::takes_all(const BlockInfo& info) const {
  if (info.first_ms < range.start_ms || info.last_ms > range.end_ms) return false;
  const auto unwanted = [&](const StreamSpan& span) { return streams[span.stream].empty(); };
  if (!all_streams && std::any_of(info.streams.begin(), info.streams.end(), unwanted)) return false;
  return std::none_of(marks.begin(), marks.end(),
                      [&](const DropMark& mark) { return mark.touches(info); });
}

EventView GroupView::event_view(const Chunk& chunk, const EventMeta& event) const {
  return {event.timestamp_ms, event.ingestion_ms,    event.sequence,
          group->name,        streams[event.stream], chunk.message(event)};
}

GroupView make_view(const std::shared_ptr<Group>& group, TimeRange range,
                    const std::function<bool(const std::string&)>& wanted) {
  GroupView view{group, range, {}, group->marks, {}, !wanted && group->dead_streams == 0};
  view.streams.reserve(group->streams.size());
  for (const Stream& stream : group->streams) {
    const bool shown = !stream.dead && (!wanted || wanted(stream.name));
    view.streams.push_back(shown ? std::string_view(stream.name) : std::string_view());
  }
  const auto concerns = [&](const StreamSpan& span) {
    return !view.streams[span.stream].empty() && span.first_ms <= range.end_ms &&
           span.last_ms >= range.start_ms;
  };
  for (const auto* list : {&group->parts, &group->head}) {
    for (const Held& held : *list) {
      const BlockInfo& info = held.part->info;
      if (!range.touches(info)) continue;
      if (std::any_of(info.streams.begin(), info.streams.end(), concerns)) {
        view.parts.push_back(held.part);
      }
    }
  }
  return view;
}

MergeReader::MergeReader(std::span<const GroupView> views, Options options, Load load)
    : options_(std::move(options)), load_(std::move(load)) {
  for (const GroupView& view : views) {
    for (const PartPtr& part : view.parts) {
      const BlockInfo& info = part->info;
      sources_.push_back(
          {direction(options_.backward ? info.last_ms : info.first_ms), &part, &view});
    }
  }
  std::sort(sources_.begin(), sources_.end(),
            [](const Source& a, const Source& b) { return a.key_ms > b.key_ms; });
}

bool MergeReader::comes_later(std::size_t a, std::size_t b) const {
  const auto first = cursors_[a].event(options_.backward).order();
  const auto second = cursors_[b].event(options_.backward).order();
  return options_.backward ? first < second : first > second;
}

std::size_t MergeReader::Cursor::count_before(const std::tuple<std::int64_t, std::int64_t>& place,
                                              bool with) const {
  std::size_t low = 0, high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const auto order = at(middle).order();
    if (order < place || (with && order == place))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void MergeReader::push(std::size_t cursor) {
  heap_.push_back(cursor);
  std::push_heap(heap_.begin(), heap_.end(),
                 [&](std::size_t a, std::size_t b) { return comes_later(a, b); });
}

void MergeReader::open(const Source& source) {
  const BlockInfo& info = (*source.part)->info;
  if (!filter_reader_.may_contain(**source.part, options_.needles)) {
    skipped_events_ += static_cast<std::int64_t>(info.events);
    skipped_bytes_ += static_cast<std::int64_t>(info.message_bytes);
    return;
  }
  Cursor cursor{source.view, load_(*source.part)};
  if (options_.sift && !options_.needles.empty())
    cursor.only = events_with(*cursor.chunk, options_.needles);
  const auto& range = source.view->range;
  Position from = options_.from.value_or(options_.backward ? Position{INT64_MAX, INT64_MAX}
                                                           : Position{INT64_MIN, INT64_MIN});
  if (!options_.backward) from = std::max(from, Position{range.start_ms, INT64_MIN});
  if (options_.backward) from = std::min(from, Position{range.end_ms, INT64_MAX});
  const auto before = cursor.count_before({from.timestamp_ms, from.sequence}, !options_.backward);
  cursor.passed = options_.backward ? cursor.size() - before : before;
  if (cursor.at_end()) return;
  cursors_.push_back(std::move(cursor));
  push(cursors_.size() - 1);
}

// All parts that may hold something before what the heap has.
void MergeReader::open_due() {
  while (!sources_.empty()) {
    const bool due = heap_.empty() ||
                     sources_.back().key_ms <=
                         direction(cursors_[heap_.front()].event(options_.backward).timestamp_ms);
    if (!due) return;
    const Source source = sources_.back();
    sources_.pop_back();
    open(source);
  }
}

MergeReader::Item MergeReader::next() {
  while (true) {
    open_due();
    if (heap_.empty()) return {};
    const auto later = [&](std::size_t a, std::size_t b) { return comes_later(a, b); };
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const std::size_t index = heap_.back();
    heap_.pop_back();
    Cursor& cursor = cursors_[index];
    const Item item{cursor.view, cursor.chunk.get(), &cursor.event(options_.backward)};
    ++cursor.passed;
    const std::int64_t ms = item.event->timestamp_ms;
    const bool beyond =
        options_.backward ? ms < cursor.view->range.start_ms : ms > cursor.view->range.end_ms;
    if (beyond || cursor.at_end()) {
      done_.push_back(std::move(cursor.chunk));
    } else {
      push(index);
    }
    if (!beyond && item.view->takes(*item.event)) return item;
  }
}

}  // namespace seatrial::logs

// What a reader sees of a group: the parts there were at one moment, and which of their events
// count. And the parts' events in time order.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "logs/group.h"
#include "logs/scan.h"

namespace seatrial::logs {

// A place between events in the order (timestamp, sequence).
struct Position {
  std::int64_t timestamp_ms = 0;
  std::int64_t sequence = 0;
  auto operator<=>(const Position&) const = default;
};

struct TimeRange {
  std::int64_t start_ms = INT64_MIN, end_ms = INT64_MAX;  // inclusive
  bool touches(const BlockInfo& info) const {
    return info.first_ms <= end_ms && info.last_ms >= start_ms;
  }
};

struct GroupView {
  std::shared_ptr<Group> group;
  TimeRange range;
  std::vector<PartPtr> parts;  // those that may hold what is wanted
  std::vector<DropMark> marks;
  // By the stream's number, at that moment; the name is empty for streams that are not wanted.
  std::vector<std::string_view> streams;
  bool all_streams = true;

  bool takes(const EventMeta& event) const;
  bool takes_all(const BlockInfo& info) const;
  EventView event_view(const Chunk& chunk, const EventMeta& event) const;
};

// `wanted` decides by a stream's name; none: all. The caller holds the engine's lock.
GroupView make_view(const std::shared_ptr<Group>& group, TimeRange range,
                    const std::function<bool(const std::string&)>& wanted);

// The events of all views in the order of (timestamp, sequence), or backward. Reads a part when its
// time has come and lets go of it when it is done.
class MergeReader {
 public:
  struct Options {
    bool backward = false;
    std::optional<Position> from;      // exclusive
    std::vector<std::string> needles;  // parts without one of them are left out
    bool sift = false;                 // so are events, in one search of a part's messages
  };
  using Load = std::function<std::shared_ptr<const Chunk>(const PartPtr&)>;

  // The views outlive the reader.
  MergeReader(std::span<const GroupView> views, Options options, Load load);

  struct Item {
    const GroupView* view = nullptr;
    const Chunk* chunk = nullptr;
    const EventMeta* event = nullptr;
    explicit operator bool() const { return event != nullptr; }
  };
  // What it shows stays readable until release().
  Item next();
  void release() { done_.clear(); }
  std::int64_t skipped_events() const { return skipped_events_; }
  std::int64_t skipped_bytes() const { return skipped_bytes_; }

 private:
  struct Source {
    std::int64_t key_ms = 0;  // when its time comes
    const PartPtr* part = nullptr;
    const GroupView* view = nullptr;
  };
  struct Cursor {
    const GroupView* view = nullptr;
    std::shared_ptr<const Chunk> chunk;
    std::optional<std::vector<std::uint32_t>> only = std::nullopt;  // the events that are shown
    std::size_t passed = 0;  // events behind it in the direction of reading

    std::size_t size() const { return only ? only->size() : chunk->events.size(); }
    const EventMeta& at(std::size_t i) const { return chunk->events[only ? (*only)[i] : i]; }
    const EventMeta& event(bool backward) const {
      return at(backward ? size() - 1 - passed : passed);
    }
    bool at_end() const { return passed == size(); }
    // How many events come up to a place: before it, or with it.
    std::size_t count_before(const std::tuple<std::int64_t, std::int64_t>& place, bool with) const;
  };

  void open_due();
  void open(const Source& source);
  void push(std::size_t cursor);
  bool comes_later(std::size_t a, std::size_t b) const;
  // A key that grows in the direction of reading.
  std::int64_t direction(std::int64_t ms) const { return options_.backward ? ~ms : ms; }

  Options options_;
  Load load_;
  PartReader filter_reader_;
  std::vector<Source> sources_;  // the next one last
  std::vector<Cursor> cursors_;
  std::vector<std::size_t> heap_;
  std::vector<std::shared_ptr<const Chunk>> done_;
  std::int64_t skipped_events_ = 0, skipped_bytes_ = 0;
};

}  // namespace seatrial::logs

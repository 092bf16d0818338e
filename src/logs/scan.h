// Looking at many events at once: what Insights queries, exports and subscriptions ask of whoever
// keeps the events. Off the control thread, so a long query never holds up the API.
//
// The choice: batches of views, not one callback an event and not copies; the caller says what the
// events it wants must contain, so that a source may skip whole blocks. Nothing is promised of that
// hint: the caller still judges each event.
//
// scan_blocks() shows the same events a block at a time, and of a block that is kept by columns the
// JSON members by themselves: counting by level need not read a message. Whoever uses it asks a
// block for each member; where one is not kept, rows() has the events as scan() would give them.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs {

struct EventView {
  std::int64_t timestamp_ms = 0;
  std::int64_t ingestion_ms = 0;
  std::int64_t sequence = 0;  // unique in the world: what @ptr names
  std::string_view group;     // "region/group"
  std::string_view stream;
  std::string_view message;
};

struct ScanRequest {
  enum class Order { kAny, kNewestFirst, kOldestFirst };  // by (timestamp, sequence), all groups
  std::vector<std::string> groups;                        // "region/group"
  std::vector<std::string> streams;                       // empty: all
  std::int64_t start_ms = INT64_MIN;                      // inclusive
  std::int64_t end_ms = INT64_MAX;                        // inclusive
  Order order = Order::kAny;
  std::vector<std::string> needles;  // bytes that each wanted event contains, as they are; a hint
  // What will be asked of each block, so that it can be read ahead; hints, too.
  std::vector<std::string> columns;
  bool times = false;
};

struct ScanStatistics {
  std::int64_t events_scanned = 0, bytes_scanned = 0;  // looked at
  std::int64_t events_skipped = 0, bytes_skipped = 0;  // in range, but no block of theirs was read
  std::int64_t groups_scanned = 0;
};

// One JSON member of each event of a block, in the order of its rows.
struct Column {
  enum class Kind {
    kAbsent,  // no event has it
    kTokens,  // tokens[codes[i] - 1] is its JSON as it stands ("\"ERROR\"", "null"); code 0: absent
    kNumbers,  // numbers[i], NaN: absent; its text is the shortest one of that double
  };
  Kind kind = Kind::kAbsent;
  std::span<const std::string_view> tokens;
  std::span<const std::uint16_t> codes;
  std::span<const double> numbers;
};

// Events of one group, sorted by (timestamp, sequence). All views live as long as the block.
class Block {
 public:
  virtual ~Block() = default;
  virtual std::size_t size() const = 0;
  virtual std::string_view group() const = 0;  // "region/group"
  virtual std::span<const std::int64_t> timestamps_ms() = 0;
  // The member at `path` (names joined by dots), none when only rows() can tell. Given only where
  // every message of the block is one JSON object in which no name comes twice.
  virtual std::optional<Column> column(std::string_view path) = 0;
  virtual std::span<const EventView> rows() = 0;  // reads the messages
};

class EventSource {
 public:
  virtual ~EventSource() = default;
  // Any thread; several scans may run at once. All events durable at the call are seen, those that
  // come meanwhile may be. `take` gets batches whose views live as long as its call, and returns
  // false to end the scan.
  using Take = std::function<bool(std::span<const EventView>)>;
  virtual ScanStatistics scan(const ScanRequest& request, const Take& take) = 0;

  // As scan(), in no order. A block holds only events that were asked for, and may lack those
  // without the needles.
  using TakeBlock = std::function<bool(Block&)>;
  virtual ScanStatistics scan_blocks(const ScanRequest& request, const TakeBlock& take);

  // About how many bytes a scan would look at.
  virtual std::int64_t estimate(const ScanRequest& request);
};

}  // namespace seatrial::logs

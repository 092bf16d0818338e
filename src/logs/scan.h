// Looking at many events at once: what Insights queries, exports and subscriptions ask of whoever
// keeps the events. Off the control thread, so a long query never holds up the API.
//
// The choice: batches of views, not one callback an event and not copies; the caller says what the
// events it wants must contain, so that a source may skip whole blocks. Nothing is promised of that
// hint: the caller still judges each event.
#pragma once
#include <cstdint>
#include <functional>
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
};

struct ScanStatistics {
  std::int64_t events_scanned = 0, bytes_scanned = 0;  // looked at
  std::int64_t events_skipped = 0, bytes_skipped = 0;  // in range, but no block of theirs was read
  std::int64_t groups_scanned = 0;
};

class EventSource {
 public:
  virtual ~EventSource() = default;
  // Any thread; several scans may run at once. All events durable at the call are seen, those that
  // come meanwhile may be. `take` gets batches whose views live as long as its call, and returns
  // false to end the scan.
  using Take = std::function<bool(std::span<const EventView>)>;
  virtual ScanStatistics scan(const ScanRequest& request, const Take& take) = 0;
};

}  // namespace seatrial::logs

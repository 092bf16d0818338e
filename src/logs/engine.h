// Log events: appended durably, read in time order.
//
// A simple store that the block engine of a later stage replaces behind this interface: one SQLite
// file, events indexed by (group, time). Appends gather in memory and become durable in commit(),
// which the store's committer calls before any reply of the same moment goes out; readers see them
// from then on. Retention deletes by time.
//
// A group is named by "region/group", a stream by its name within it.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "logs/scan.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace seatrial::logs {

struct NewEvent {
  Time timestamp{};
  std::string message;
};

struct Event {
  std::int64_t sequence = 0;  // order of arrival, unique in the world: the event's identity
  Time timestamp{};
  Time ingestion{};
  std::string stream;
  std::string message;
};

// A place between events in the order (timestamp, sequence).
struct Position {
  std::int64_t timestamp_ms = 0;
  std::int64_t sequence = 0;
};

struct Query {
  std::string group;
  std::vector<std::string> streams;   // empty: all of the group
  std::int64_t start_ms = INT64_MIN;  // inclusive
  std::int64_t end_ms = INT64_MAX;    // inclusive
  std::optional<Position> from;       // exclusive: only events after it (before it when backward)
  bool backward = false;              // newest first
  std::size_t limit = 10'000;         // events returned
  std::size_t scan_limit = 200'000;   // events looked at
  std::size_t byte_limit = 1u << 20;  // of messages returned
  std::function<bool(const Event&)> matches;  // none: all
};

struct Page {
  std::vector<Event> events;     // in the query's order
  std::optional<Position> next;  // where to go on; empty at the end of what there is
};

struct StreamTimes {
  std::optional<Time> first_event, last_event, last_ingestion;
};

class Engine final : public store::Participant, public EventSource {
 public:
  static std::expected<std::unique_ptr<Engine>, std::string> open(
      const std::filesystem::path& file);

  // Any thread.
  void append(const std::string& group, const std::string& stream, std::vector<NewEvent> events,
              Time ingestion);
  void remove_group(const std::string& group);
  void remove_stream(const std::string& group, const std::string& stream);
  void drop_before(const std::string& group, Time oldest_kept);

  // Control thread.
  Page read(const Query& query);
  StreamTimes stream_times(const std::string& group, const std::string& stream);
  std::int64_t stored_bytes(const std::string& group);

  // Any thread: each scan reads through a connection of its own.
  ScanStatistics scan(const ScanRequest& request, const Take& take) override;

  bool dirty() const override { return dirty_; }
  std::expected<void, std::string> commit() override;

 private:
  struct Change {
    enum class Kind { kAppend, kRemoveGroup, kRemoveStream, kDropBefore } kind;
    std::string group, stream;
    std::vector<NewEvent> events;
    Time time{};
  };

  Engine(std::filesystem::path file, store::Database writer, store::Database reader);
  void enqueue(Change change);
  std::expected<void, std::string> apply(const Change& change);
  std::expected<void, std::string> insert(const Change& change);
  std::expected<void, std::string> delete_group(const std::string& group);
  std::expected<void, std::string> delete_stream(const std::string& group,
                                                 const std::string& stream);
  std::expected<void, std::string> delete_before(const std::string& group,
                                                 std::int64_t oldest_kept_ms);
  std::optional<std::int64_t> find_stream(const std::string& group, const std::string& stream);

  std::filesystem::path file_;
  store::Database writer_, reader_;
  std::mutex mutex_;
  std::vector<Change> pending_;
  std::atomic<bool> dirty_ =
      false;  // until what was appended is durable, not only until it is taken
};

}  // namespace seatrial::logs

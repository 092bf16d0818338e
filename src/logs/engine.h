// Log events: appended durably, read in time order, scanned in bulk.
//
// Problem: a log grows by 50 MB/s and is read seldom, then all at once; an acknowledged event must
// survive anything. Choice: one write-ahead log for all groups, whose commits share one fdatasync
// before any reply goes out; events wait raw in their group's head, are sealed in the background
// into blocks of about 1 MB (logs/block_format.h), and flushed into segments (logs/segment.h) when
// the log has grown by kWalBytes; a manifest (logs/manifest.h) then says which log files are spent.
// Retention and removals are rules (logs/group.h). Rejected: SQLite or RocksDB for events (put 3
// times, scan 8 times slower than blocks), one log a group (a sync each).
//
// A group is named by "region/group", a stream by its name within it.
//
// Threads: commit() is the store's committer; one thread of the engine's own seals and flushes;
// reads and scans come from any thread and hold the lock only to see which parts there are.
#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "logs/change.h"
#include "logs/manifest.h"
#include "logs/scan.h"
#include "logs/view.h"
#include "logs/wal.h"
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

struct Query {
  std::string group;
  std::vector<std::string> streams;   // empty: all of the group
  std::string stream_prefix;          // of the names, beside `streams`
  std::int64_t start_ms = INT64_MIN;  // inclusive
  std::int64_t end_ms = INT64_MAX;    // inclusive
  std::optional<Position> from;       // exclusive: only events after it (before it when backward)
  bool backward = false;              // newest first
  std::size_t limit = 10'000;         // events returned
  std::size_t scan_limit = 200'000;   // events looked at
  std::size_t byte_limit = 1u << 20;  // of messages returned
  std::function<bool(const EventView&)> matches;  // none: all
  std::vector<std::string> needles;               // bytes that each wanted event contains; a hint
};

struct Page {
  std::vector<Event> events;     // in the query's order
  std::optional<Position> next;  // where to go on; empty at the end of what there is
};

// A group's events in the order of their arrival: what is sent on as it comes. Late events have old
// timestamps, so the order of time cannot say what is new.
struct ArrivalQuery {
  std::string group;
  std::vector<std::string> streams;          // empty: all of the group
  std::vector<std::string> stream_prefixes;  // empty: all; else one of them
  std::int64_t from_sequence = 0;            // inclusive
  std::size_t limit = 10'000;                // events returned
  std::size_t scan_limit = 20'000;           // events looked at
  std::size_t byte_limit = 1u << 20;         // of messages returned; the first event always fits
  std::function<bool(const EventView&)> matches;  // none: all
};

struct Arrivals {
  std::vector<Event> events;
  std::int64_t next_sequence = 0;  // where to go on
  bool more = false;               // a limit ended it
};

struct StreamTimes {
  std::optional<Time> first_event, last_event, last_ingestion;
};

class Engine final : public store::Participant, public EventSource {
 public:
  struct Limits {
    std::size_t wal_bytes = 32u << 20;         // raw events in the log before they are flushed
    std::size_t block_bytes = kBlockBytes;     // a head this large is closed
    std::size_t unsealed_bytes = 64u << 20;    // commits wait while more waits to be sealed
    std::size_t unflushed_bytes = 256u << 20;  // commits are refused while more cannot be flushed
  };

  // The folder is made when it is not there. FATAL when acknowledged events in it are damaged.
  static std::expected<std::unique_ptr<Engine>, std::string> open(
      const std::filesystem::path& folder, const Limits& limits);
  static std::expected<std::unique_ptr<Engine>, std::string> open(
      const std::filesystem::path& folder) {
    return open(folder, Limits{});
  }
  ~Engine() override;

  // Any thread. Durable, and seen by readers, after the next commit().
  void append(const std::string& group, const std::string& stream, EventBatch events,
              Time ingestion);
  void append(const std::string& group, const std::string& stream,
              const std::vector<NewEvent>& events, Time ingestion);
  void remove_group(const std::string& group);
  void remove_stream(const std::string& group, const std::string& stream);
  void drop_before(const std::string& group, Time oldest_kept);

  // Any thread.
  Page read(const Query& query);
  Arrivals read_arrivals(const ArrivalQuery& query);
  std::int64_t next_sequence();  // of the next event to be committed
  StreamTimes stream_times(const std::string& group, const std::string& stream);
  std::int64_t stored_bytes(const std::string& group);
  ScanStatistics scan(const ScanRequest& request, const Take& take) override;
  ScanStatistics scan_blocks(const ScanRequest& request, const TakeBlock& take) override;
  std::int64_t estimate(const ScanRequest& request) override;

  bool dirty() const override { return dirty_; }
  std::expected<void, std::string> commit() override;

  // Waits until nothing is left to seal or to flush; for tests and the bench.
  void settle();

 private:
  // What the background thread does, in this order.
  struct Job {
    enum class Kind { kSeal, kFlush, kManifest } kind;
    std::shared_ptr<Group> group;  // kSeal
    Closed closed;
    // kFlush: the parts before this sequence go to segments; the log counts from here.
    std::int64_t before_sequence = 0;
    std::uint64_t first_wal = 0, first_frame = 0;
  };
  // A group's segment while it may still grow. The background thread's.
  struct Segment {
    std::shared_ptr<SegmentFile> file;
    FooterRef footer;
    std::vector<std::pair<std::uint64_t, std::int64_t>> blocks;  // offset, counted bytes
  };
  using Segments = std::map<std::string, std::vector<Segment>>;  // by group

  Engine(std::filesystem::path folder, const Limits& limits)
      : folder_(std::move(folder)), limits_(limits) {}

  // engine.cc
  void enqueue(Change change);
  std::expected<std::vector<Change>, std::string> write_pending();
  void apply(Change change);
  void rotate_when_due();
  void push(Job job);
  std::shared_ptr<Group> find_group(const std::string& name);
  GroupView view_of(const std::shared_ptr<Group>& group, TimeRange range,
                    const std::vector<std::string>& streams, const std::string& prefix);

  // background.cc
  void run();
  void seal_closed(const Job& job);
  Done flush();
  void count_unflushed();
  Done flush_group(const std::shared_ptr<Group>& group, std::vector<PartPtr> parts);
  Done append_to_segment(const std::shared_ptr<Group>& group, std::span<const PartPtr> parts);
  Segment& open_segment(const std::string& group);
  Done write_manifest();
  Manifest make_manifest();
  ManifestGroup describe_group(const Group& group);

  // open.cc
  std::expected<void, std::string> restore();
  void restore_group(ManifestGroup group);
  void remove_orphans();

  // scan.cc
  std::vector<GroupView> views_of(const ScanRequest& request, ScanStatistics& statistics);
  void scan_in_order(const ScanRequest& request, std::span<const GroupView> views, const Take& take,
                     ScanStatistics& statistics);

  const std::filesystem::path folder_;
  const Limits limits_;

  std::mutex mutex_;
  std::vector<Change> pending_;
  std::atomic<bool> dirty_ =
      false;  // until what was appended is durable, not only until it is taken

  // The committer's.
  std::optional<Wal> wal_;

  std::shared_mutex state_;  // guards:
  std::map<std::string, std::shared_ptr<Group>> groups_;
  std::int64_t next_sequence_ = 1;

  std::mutex work_;  // guards the following; taken after state_ where both are
  std::condition_variable work_changed_;
  std::deque<Job> jobs_;
  bool busy_ = false, stopping_ = false;
  std::size_t unsealed_bytes_ = 0, unflushed_bytes_ = 0;
  std::string flush_error_;  // of a flush to be tried again

  // The background thread's.
  Segments segments_;
  Manifest manifest_;  // where the log counts from, as last flushed
  Job due_;            // the newest flush asked for
  std::thread background_;
};

}  // namespace seatrial::logs

// The recorded calls, in a file of their own: <world>/trail.db.
//
// Problem: every API call leaves an event, thirty thousand a second at the worst, and none may wait
// for it. Choice: callers push into a bounded queue; one thread writes what has gathered, some
// times a second, in one transaction, and answers look-ups, which see all that was pushed before
// them. AWS promises events within minutes; here a look-up right after a call finds it. What a kill
// -9 can cost is the last moment's events (kFlush), never part of one. Rejected: a row in the
// store's own transaction, since most calls only read and have none.
//
// Kept for 90 days, as AWS keeps its event history, and never more than kMaxEvents.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "services/cloudtrail/event.h"
#include "store/sqlite.h"

namespace seatrial::services::cloudtrail {

constexpr std::size_t kMaxQueued = 200'000;     // calls not yet written; beyond, they are lost
constexpr std::int64_t kMaxEvents = 2'000'000;  // kept; the oldest go first
constexpr std::chrono::days kHistory{90};
constexpr std::chrono::milliseconds kFlush{200};

struct Lookup {
  std::string region;
  std::string attribute, value;                           // as in LookupAttributes; empty: all
  std::int64_t start_ms = INT64_MIN, end_ms = INT64_MAX;  // inclusive
  // Only events before this place, newest first.
  std::optional<std::pair<std::int64_t, std::int64_t>> before;  // time in ms, sequence
  std::size_t limit = 50;
};

class EventLog final : public room::Recorder {
 public:
  static std::expected<std::unique_ptr<EventLog>, std::string> open(
      const std::filesystem::path& file, Rng& rng, const Clock& clock);
  ~EventLog() override;  // writes what is queued

  bool wants(const model::Operation& operation) const override { return is_management(operation); }
  void record(room::RecordedCall call) override;

  // Any thread; the answer comes on the log's thread.
  using Found = std::function<void(std::vector<StoredEvent>)>;
  void look_up(Lookup lookup, Found found);                           // newest first
  void after(std::int64_t sequence, std::size_t limit, Found found);  // oldest first
  // The last event written, for trails that begin now.
  void last(std::function<void(std::int64_t)> found);

 private:
  EventLog(store::Database db, Rng& rng, const Clock& clock);
  void run();
  void write(std::deque<room::RecordedCall> calls);
  void insert(const StoredEvent& event);
  void forget();
  void ask(std::function<void()> question);
  std::vector<StoredEvent> select(const Lookup& lookup);

  store::Database db_;
  Rng& rng_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<room::RecordedCall> queue_;
  std::deque<std::function<void()>> questions_;
  std::uint64_t lost_ = 0;
  bool stopping_ = false;
  int writes_ = 0;
  std::unique_ptr<store::Statement> insert_;
  std::thread thread_;
};

}  // namespace seatrial::services::cloudtrail

// The recorded calls, in a file of their own: <world>/trail.db.
//
// Problem: every API call leaves an event, fifty thousand a second at the worst, and none may wait
// for it or be lost. Choice: whoever answered writes the event's bytes into a mapped file
// (pending_events.h), which outlives the process; one thread makes a compressed block of them
// (event_block.h) when they are many or old, and answers look-ups, which see all that was recorded
// before them. AWS promises events within minutes; here a look-up right after a call finds it.
// Rejected: a row in the store's own transaction, since most calls only read and have none.
//
// Kept for 90 days, as AWS keeps its event history, and little more than kMaxEvents.
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
#include "services/cloudtrail/pending_events.h"
#include "store/sqlite.h"

namespace seatrial::services::cloudtrail {

constexpr std::int64_t kMaxEvents = 2'000'000;  // kept; the oldest go first
constexpr std::chrono::days kHistory{90};
constexpr std::chrono::seconds kFlush{2};  // the oldest event not in a block

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
  ~EventLog() override;  // writes what is pending

  bool wants(const model::Operation& operation) const override { return is_management(operation); }
  // Waits only when the disk is slower than the calls.
  void record(const room::RecordedCall& call) override;

  // Any thread; the answer comes on the log's thread.
  using Found = std::function<void(std::vector<StoredEvent>)>;
  void look_up(Lookup lookup, Found found);                           // newest first
  void after(std::int64_t sequence, std::size_t limit, Found found);  // oldest first
  // The last event written, for trails that begin now.
  void last(std::function<void(std::int64_t)> found);

 private:
  EventLog(store::Database db, std::unique_ptr<PendingEvents> pending, Rng& rng,
           const Clock& clock);
  void recover();
  void run();
  bool keep(std::unique_lock<std::mutex>& lock);
  void write_block(std::int64_t first, std::string_view bytes);
  void forget();
  void ask(std::function<void()> question);
  std::vector<StoredEvent> select(const Lookup& lookup);
  std::vector<StoredEvent> select_after(std::int64_t sequence, std::size_t limit);
  std::int64_t last_sequence();

  store::Database db_;
  std::unique_ptr<PendingEvents> pending_;
  Rng& rng_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_, room_;
  std::deque<std::function<void()>> questions_;
  bool stopping_ = false, full_ = false;
  int writes_ = 0;
  std::unique_ptr<store::Statement> insert_;
  std::thread thread_;
};

}  // namespace seatrial::services::cloudtrail

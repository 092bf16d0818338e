// Insights queries that run: a few threads of their own, and the results of those that ended.
//
// Problem: a query may read gigabytes, and the control thread may wait for nothing.
// Choice: kThreads workers take queries in the order of their start; each publishes what it has
// (logs/run/run.h), and the control thread only ever looks at that. Results stay in memory up to
// kMaxResultBytes, the oldest going first; of one that is gone, or of a query from before a
// restart, the rows are made again when they are asked for. Rejected: rows in the store, where
// 100,000 of them would hold up every other reply; and a sync of the disk before a query's id is
// given out, which takes longer than most queries (Store::relax).
#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "logs/run/run.h"
#include "room/room.h"
#include "services/logs/query_records.h"
#include "store/table.h"

namespace seatrial::services::logs {

class Queries {
 public:
  static constexpr std::size_t kThreads = 2;
  static constexpr std::size_t kMaxActive = 100;              // AWS: of one account
  static constexpr std::size_t kMaxRecords = 10'000;          // the oldest are forgotten
  static constexpr std::size_t kMaxResultBytes = 256u << 20;  // of all results held
  static constexpr std::chrono::minutes kMaxRuntime{60};      // AWS
  static constexpr std::chrono::hours kKept{7 * 24};          // AWS
  static constexpr std::chrono::seconds kSyncedAfter{1};      // what became of a query

  using Program = std::shared_ptr<const seatrial::logs::run::Program>;
  using Execution = seatrial::logs::run::Execution;

  // The lookup table of a region by its name; what is wrong with it otherwise.
  using FindLookup = std::function<std::expected<seatrial::logs::run::LookupSource, std::string>(
      const std::string& region, const std::string& name)>;

  Queries(room::Env& env, seatrial::logs::EventSource& source, FindLookup find_lookup);
  ~Queries() { stop(); }

  // Control thread, all of them.
  void start();  // carries on with what a restart interrupted
  void stop();
  // Records a query and hands it to a worker.
  void begin(QueryRecord record, Program program);
  std::size_t active() const;

  struct View {
    const QueryRecord* record = nullptr;
    std::string status;
    std::shared_ptr<const seatrial::logs::run::Result> result;  // null: it has none
    Program program;
  };
  // Null record: there is no such query. Asking for the result makes it, if need be.
  View find(const std::string& key, bool with_result);
  const store::Table<QueryRecord>& records() const { return records_; }
  // False when it has ended.
  bool cancel(const std::string& key);
  void forget_old();  // those that ended and are past kKept or kMaxRecords

 private:
  struct Running {
    std::shared_ptr<Execution> execution;
    Time begun{};
    std::atomic<bool> started = false;
    std::string ended_as;  // why it was stopped: Cancelled, Timeout
    std::size_t bytes = 0;
    bool done = false;  // recorded
  };
  using RunningPtr = std::shared_ptr<Running>;

  void launch(const QueryRecord& record, Program program);
  Program rebuild(const QueryRecord& record) const;
  std::string status_of(const QueryRecord& record, const Running& running) const;
  void ended(const std::string& key, const RunningPtr& running);
  void time_out(const std::string& key, const std::weak_ptr<Running>& running);
  void drop_results();
  void sync_later(const std::string& key);
  void work();

  room::Env& env_;
  seatrial::logs::EventSource& source_;
  FindLookup find_lookup_;
  store::Table<QueryRecord> records_;
  std::map<std::string, RunningPtr> running_;  // also those that ended, as long as rows are held
  bool sync_due_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<std::string, RunningPtr>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace seatrial::services::logs

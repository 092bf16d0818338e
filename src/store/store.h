// The one place where control-plane state is durable.
//
// Problem: an acknowledged change must survive kill -9, yet an fsync costs 2-4 ms and reads must
// not wait for it. Choice: rooms keep their records in memory (store/table.h) and write through a
// Store; the control thread hands each transaction's changes to a committer thread, which puts all
// that have gathered into one SQLite transaction (WAL, synchronous=FULL) and only then reports them
// durable. If the disk refuses, every change not yet durable is undone in memory, newest first, and
// reported failed: memory never shows what the disk does not have for longer than that moment.
// Rejected: SQLite on the control thread (every reader would wait for every writer's fsync).
//
// Threads: all but open() and the callbacks belong to the control thread.
#pragma once
#include <condition_variable>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/executor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace seatrial::store {

// Anything else that must be durable before a reply goes out (the logs and metrics engines).
class Participant {
 public:
  virtual ~Participant() = default;
  virtual bool dirty() const = 0;                         // any thread
  virtual std::expected<void, std::string> commit() = 0;  // committer thread
};

class Store {
 public:
  // Called when a transaction is durable (empty text), or could not be made so (the reason).
  using Done = std::function<void(const std::string& error)>;

  // Opens or creates the database file; the error says what to do. `control` runs recoveries.
  static std::expected<std::unique_ptr<Store>, std::string> open(const std::filesystem::path& file,
                                                                 Executor& control);
  ~Store();

  void add(Participant& participant);

  // All rows of a table, as at open; for Table's constructor.
  std::map<std::string, std::string> load(std::string_view table);

  // One row's change within the current transaction; `undo` restores memory.
  void put(std::string_view table, std::string key, std::string body, std::function<void()> undo);
  void erase(std::string_view table, std::string key, std::function<void()> undo);

  // Of the current transaction: what it changes must outlive the process, however that ends, but a
  // loss of power only from the next other transaction on. For records that are nobody's data (a
  // query that was asked): no one waits for a sync.
  void relax() { relaxed_ = true; }

  // Ends the current transaction. commit: `done` is called once, on the committer's thread, or at
  // once for a read (kReads) and when nothing was changed and nothing is under way. A call that
  // changed nothing because "it is already so" waits for what made it so. rollback: memory is as
  // before.
  enum class Kind { kReads, kChanges };
  void commit(Done done, Kind kind = Kind::kChanges);
  void rollback();
  bool changed() const { return !current_.empty(); }

  // Waits until all that was committed is written or has failed to be. Any thread but the
  // committer's; undoing what failed happens on the control thread afterwards.
  void flush();

 private:
  struct Change {
    std::string table, key, body;
    bool erased = false;
    std::function<void()> undo;
  };
  struct Transaction {
    std::vector<Change> changes;
    Done done;
    bool relaxed = false;
  };

  Store(sqlite3* db, Executor& control, std::string path);
  void run();
  std::expected<void, std::string> write(const std::vector<Transaction>& batch);
  std::expected<void, std::string> choose_sync(const std::vector<Transaction>& batch);
  std::expected<void, std::string> write_changes(const std::vector<Transaction>& batch);
  std::expected<void, std::string> write_change(const Change& change);
  void recover(std::vector<Transaction> failed, std::string error);

  sqlite3* db_;
  Executor& control_;
  std::string path_;
  sqlite3_stmt* upsert_ = nullptr;
  sqlite3_stmt* delete_ = nullptr;
  std::vector<Participant*> participants_;
  std::vector<Change> current_;
  bool relaxed_ = false;       // the current transaction
  bool without_sync_ = false;  // the committer's: how the database is set

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::vector<Transaction> pending_;
  bool busy_ = false, recovering_ = false, stopping_ = false;
  std::thread committer_;
};

}  // namespace seatrial::store

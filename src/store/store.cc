#include "store/store.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "store/sqlite.h"

namespace seatrial::store {
namespace {

// Every schema the store ever had, as steps: a world at version n runs the steps from n on.
constexpr std::array kMigrations{
    "CREATE TABLE record (tbl TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,"
    " PRIMARY KEY (tbl, key)) WITHOUT ROWID",
};

int user_version(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, nullptr);
  const int version = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
  sqlite3_finalize(statement);
  return version;
}

std::expected<void, std::string> migrate(sqlite3* db) {
  const int version = user_version(db);
  if (version > static_cast<int>(kMigrations.size())) {
    return std::unexpected("the world was made by a newer Seatrial; use that one");
  }
  for (int step = std::max(version, 0); step < static_cast<int>(kMigrations.size()); ++step) {
    const std::string sql = std::string("BEGIN IMMEDIATE;") +
                            kMigrations[static_cast<std::size_t>(step)] +
                            ";PRAGMA user_version=" + std::to_string(step + 1) + ";COMMIT";
    if (auto done = execute(db, sql.c_str()); !done) return done;
  }
  return {};
}

void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

}  // namespace

std::expected<std::unique_ptr<Store>, std::string> Store::open(const std::filesystem::path& file,
                                                               Executor& control) {
  auto opened = open_database(file, "");
  if (!opened) return std::unexpected(opened.error());
  if (auto ready = migrate(opened->get()); !ready) {
    return std::unexpected("cannot use " + file.string() + ": " + ready.error());
  }
  sqlite3* db = opened->release();
  return std::unique_ptr<Store>(new Store(db, control, file.string()));
}

Store::Store(sqlite3* db, Executor& control, std::string path)
    : db_(db), control_(control), path_(std::move(path)) {
  sqlite3_prepare_v2(db_, "INSERT OR REPLACE INTO record VALUES (?1,?2,?3)", -1, &upsert_, nullptr);
  sqlite3_prepare_v2(db_, "DELETE FROM record WHERE tbl=?1 AND key=?2", -1, &delete_, nullptr);
  ST_CHECK(upsert_ != nullptr && delete_ != nullptr, "the store's statements do not compile");
  committer_ = std::thread([this] { run(); });
}

Store::~Store() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  committer_.join();
  sqlite3_finalize(upsert_);
  sqlite3_finalize(delete_);
  sqlite3_close(db_);
}

void Store::add(Participant& participant) { participants_.push_back(&participant); }

std::map<std::string, std::string> Store::load(std::string_view table) {
  std::map<std::string, std::string> rows;
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db_, "SELECT key, body FROM record WHERE tbl=?1 ORDER BY key", -1, &statement,
                     nullptr);
  const std::string name(table);
  bind_text(statement, 1, name);
  int state;
  while ((state = sqlite3_step(statement)) == SQLITE_ROW) {
    const auto column = [&](int index) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, index));
      return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
    };
    rows.emplace_hint(rows.end(), column(0), column(1));
  }
  sqlite3_finalize(statement);
  if (state != SQLITE_DONE) fail_corrupt(path_, sqlite3_errmsg(db_));
  return rows;
}

void Store::put(std::string_view table, std::string key, std::string body,
                std::function<void()> undo) {
  current_.push_back({std::string(table), std::move(key), std::move(body), false, std::move(undo)});
}

void Store::erase(std::string_view table, std::string key, std::function<void()> undo) {
  current_.push_back({std::string(table), std::move(key), {}, true, std::move(undo)});
}

void Store::commit(Done done, Kind kind) {
  const bool engines_dirty = std::any_of(participants_.begin(), participants_.end(),
                                         [](const auto* p) { return p->dirty(); });
  const bool nothing = current_.empty() && !engines_dirty;
  const bool relaxed = std::exchange(relaxed_, false);
  std::unique_lock lock(mutex_);
  const bool settled = pending_.empty() && !busy_ && !recovering_;
  if (current_.empty() && (kind == Kind::kReads || (nothing && settled))) {
    lock.unlock();
    if (done) done({});
    return;
  }
  pending_.push_back({std::move(current_), std::move(done), relaxed});
  current_.clear();
  wake_.notify_one();
}

void Store::rollback() {
  for (auto change = current_.rbegin(); change != current_.rend(); ++change) change->undo();
  current_.clear();
  relaxed_ = false;
}

void Store::flush() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return pending_.empty() && !busy_; });
}

void Store::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || (!pending_.empty() && !recovering_); });
    if (pending_.empty() || recovering_) return;
    std::vector<Transaction> batch;
    batch.swap(pending_);
    busy_ = true;
    lock.unlock();
    const auto written = write(batch);
    if (written) {
      for (auto& transaction : batch) {
        if (transaction.done) transaction.done({});
      }
    }
    lock.lock();
    busy_ = false;
    if (!written) {
      recovering_ = true;
      control_.post([this, failed = std::move(batch), error = written.error()]() mutable {
        recover(std::move(failed), std::move(error));
      });
    }
    idle_.notify_all();
  }
}

// The engines first: should the records then fail, an event too many is harmless, while a record
// that is durable but undone in memory would not be.
std::expected<void, std::string> Store::write(const std::vector<Transaction>& batch) {
  for (auto* participant : participants_) {
    if (!participant->dirty()) continue;
    if (auto committed = participant->commit(); !committed) return committed;
  }
  const bool any =
      std::any_of(batch.begin(), batch.end(), [](const auto& t) { return !t.changes.empty(); });
  if (!any) return {};
  if (auto chosen = choose_sync(batch); !chosen) return chosen;
  if (auto begun = execute(db_, "BEGIN IMMEDIATE"); !begun) return begun;
  auto written = write_changes(batch);
  if (written) written = execute(db_, "COMMIT");
  if (!written) (void)execute(db_, "ROLLBACK");
  return written;
}

// The sync of a later transaction takes with it what was written without one.
std::expected<void, std::string> Store::choose_sync(const std::vector<Transaction>& batch) {
  const bool without = std::all_of(batch.begin(), batch.end(),
                                   [](const auto& t) { return t.changes.empty() || t.relaxed; });
  if (without == without_sync_) return {};
  without_sync_ = without;
  return execute(db_, without ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL");
}

std::expected<void, std::string> Store::write_changes(const std::vector<Transaction>& batch) {
  for (const auto& transaction : batch) {
    for (const auto& change : transaction.changes) {
      if (auto written = write_change(change); !written) return written;
    }
  }
  return {};
}

std::expected<void, std::string> Store::write_change(const Change& change) {
  sqlite3_stmt* statement = change.erased ? delete_ : upsert_;
  bind_text(statement, 1, change.table);
  bind_text(statement, 2, change.key);
  if (!change.erased) {
    sqlite3_bind_blob(statement, 3, change.body.data(), static_cast<int>(change.body.size()),
                      SQLITE_STATIC);
  }
  const int state = sqlite3_step(statement);
  const std::string error = state == SQLITE_DONE ? "" : sqlite3_errmsg(db_);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (state != SQLITE_DONE) return std::unexpected(error);
  return {};
}

// On the control thread: no transaction is open, so everything in pending_ was built on what
// failed.
void Store::recover(std::vector<Transaction> failed, std::string error) {
  log::error("state could not be written to {}: {}", path_, error);
  {
    const std::lock_guard lock(mutex_);
    for (auto& transaction : pending_) failed.push_back(std::move(transaction));
    pending_.clear();
  }
  for (auto t = failed.rbegin(); t != failed.rend(); ++t) {
    for (auto change = t->changes.rbegin(); change != t->changes.rend(); ++change) change->undo();
  }
  for (auto& transaction : failed) {
    if (transaction.done) transaction.done(error);
  }
  const std::lock_guard lock(mutex_);
  recovering_ = false;
  wake_.notify_all();
  idle_.notify_all();
}

}  // namespace seatrial::store

#include "store/sqlite.h"

#include <sys/stat.h>

#include "base/check.h"

namespace seatrial::store {

Statement::Statement(sqlite3* db, const char* sql) : db_(db) {
  const int state =
      sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  ST_CHECK(state == SQLITE_OK, sqlite3_errmsg(db));
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(statement_, index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

bool Statement::row() {
  const int state = sqlite3_step(statement_);
  if (state != SQLITE_ROW && state != SQLITE_DONE)
    fail_corrupt(sqlite3_db_filename(db_, "main"), sqlite3_errmsg(db_));
  return state == SQLITE_ROW;
}

std::expected<void, std::string> Statement::run() {
  int state;
  while ((state = sqlite3_step(statement_)) == SQLITE_ROW) {
  }
  std::string error = state == SQLITE_DONE ? "" : sqlite3_errmsg(db_);
  reset();
  if (state != SQLITE_DONE) return std::unexpected(std::move(error));
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes == nullptr
             ? std::string()
             : std::string(bytes,
                           static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::expected<void, std::string> execute(sqlite3* db, const char* sql) {
  char* message = nullptr;
  if (sqlite3_exec(db, sql, nullptr, nullptr, &message) == SQLITE_OK) return {};
  std::string error = message != nullptr ? message : sqlite3_errmsg(db);
  sqlite3_free(message);
  return std::unexpected(std::move(error));
}

std::expected<Database, std::string> open_database(const std::filesystem::path& file,
                                                   const char* schema) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  const int state = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  Database db(raw);
  if (state != SQLITE_OK) {
    return std::unexpected("cannot open " + file.string() + ": " + sqlite3_errmsg(raw));
  }
  ::chmod(file.c_str(), 0600);  // before the WAL, which inherits it: state holds what users typed
  sqlite3_busy_timeout(raw, 2000);
  for (const char* sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                          "PRAGMA cache_size=-2000", "PRAGMA temp_store=MEMORY", schema}) {
    if (auto done = execute(raw, sql); !done) {
      return std::unexpected("cannot use " + file.string() + ": " + done.error());
    }
  }
  return db;
}

}  // namespace seatrial::store

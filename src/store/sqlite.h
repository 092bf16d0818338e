// A thin owner of SQLite statements for the engines that keep their own file.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace seatrial::store {

class Statement {
 public:
  Statement(sqlite3* db, const char* sql);  // an error is a bug: statements are constants
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters from 1 on; text is copied.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);
  bool row();                              // the next row; false at the end; a failed read is FATAL
  std::expected<void, std::string> run();  // executes to its end and resets
  void reset();
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  std::string text(int column) const;

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// Opens (or creates) a database in WAL mode with synchronous=FULL and runs `schema` (idempotent
// DDL).
std::expected<Database, std::string> open_database(const std::filesystem::path& file,
                                                   const char* schema);
std::expected<void, std::string> execute(sqlite3* db, const char* sql);

}  // namespace seatrial::store

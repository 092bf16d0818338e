#include "logs/engine.h"

#include "base/log.h"

namespace seatrial::logs {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY, grp TEXT NOT NULL, name TEXT NOT NULL,"
    " UNIQUE (grp, name));"
    "CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL,"
    " stream INTEGER NOT NULL, ts INTEGER NOT NULL, ingestion INTEGER NOT NULL, message BLOB NOT NULL);"
    "CREATE INDEX IF NOT EXISTS event_time ON event (grp, ts, seq);"
    "CREATE INDEX IF NOT EXISTS event_stream ON event (stream, ts, seq);";

std::string stream_filter(std::size_t count) {
  if (count == 0) return "";
  std::string sql = " AND s.name IN (";
  for (std::size_t i = 0; i < count; ++i) sql += i == 0 ? "?" : ",?";
  return sql + ")";
}

std::string select_sql(const Query& query) {
  const char* compare = query.backward ? "<" : ">";
  const char* order = query.backward ? "DESC" : "ASC";
  return fmt::format(
      "SELECT e.seq, e.ts, e.ingestion, s.name, e.message FROM event e JOIN stream s ON s.id = e.stream"
      " WHERE e.grp = ?1 AND e.ts >= ?2 AND e.ts <= ?3 AND (e.ts, e.seq) {} (?4, ?5){}"
      " ORDER BY e.ts {}, e.seq {}",
      compare, stream_filter(query.streams.size()), order, order);
}

Position start_position(const Query& query) {
  if (query.from) return *query.from;
  return query.backward ? Position{INT64_MAX, INT64_MAX} : Position{INT64_MIN, INT64_MIN};
}

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(const std::filesystem::path& file) {
  auto writer = store::open_database(file, kSchema);
  if (!writer) return std::unexpected(writer.error());
  auto reader = store::open_database(file, "PRAGMA query_only=1");
  if (!reader) return std::unexpected(reader.error());
  return std::unique_ptr<Engine>(new Engine(std::move(*writer), std::move(*reader)));
}

Engine::Engine(store::Database writer, store::Database reader)
    : writer_(std::move(writer)), reader_(std::move(reader)) {}

void Engine::enqueue(Change change) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(change));
  dirty_ = true;
}

void Engine::append(const std::string& group, const std::string& stream,
                    std::vector<NewEvent> events, Time ingestion) {
  if (events.empty()) return;
  enqueue({Change::Kind::kAppend, group, stream, std::move(events), ingestion});
}

void Engine::remove_group(const std::string& group) {
  enqueue({Change::Kind::kRemoveGroup, group, {}, {}, {}});
}

void Engine::remove_stream(const std::string& group, const std::string& stream) {
  enqueue({Change::Kind::kRemoveStream, group, stream, {}, {}});
}

void Engine::drop_before(const std::string& group, Time oldest_kept) {
  enqueue({Change::Kind::kDropBefore, group, {}, {}, oldest_kept});
}

std::expected<void, std::string> Engine::commit() {
  std::vector<Change> changes;
  {
    const std::lock_guard lock(mutex_);
    changes.swap(pending_);
    dirty_ = false;
  }
  auto done = store::execute(writer_.get(), "BEGIN IMMEDIATE");
  for (const auto& change : changes) {
    if (!done) break;
    done = apply(change);
  }
  if (done) done = store::execute(writer_.get(), "COMMIT");
  if (!done) {
    (void)store::execute(writer_.get(), "ROLLBACK");
    log::error("log events could not be written: {}", done.error());
  }
  return done;
}

std::expected<void, std::string> Engine::apply(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kAppend:
      return insert(change);
    case Change::Kind::kRemoveGroup: {
      store::Statement events(writer_.get(), "DELETE FROM event WHERE grp = ?1");
      if (auto done = events.bind(1, change.group).run(); !done) return done;
      store::Statement streams(writer_.get(), "DELETE FROM stream WHERE grp = ?1");
      return streams.bind(1, change.group).run();
    }
    case Change::Kind::kRemoveStream: {
      store::Statement events(writer_.get(),
                              "DELETE FROM event WHERE stream IN"
                              " (SELECT id FROM stream WHERE grp = ?1 AND name = ?2)");
      if (auto done = events.bind(1, change.group).bind(2, change.stream).run(); !done) return done;
      store::Statement streams(writer_.get(), "DELETE FROM stream WHERE grp = ?1 AND name = ?2");
      return streams.bind(1, change.group).bind(2, change.stream).run();
    }
    case Change::Kind::kDropBefore: {
      store::Statement events(writer_.get(), "DELETE FROM event WHERE grp = ?1 AND ts < ?2");
      return events.bind(1, change.group).bind(2, to_ms(change.time)).run();
    }
  }
  return {};
}

std::expected<void, std::string> Engine::insert(const Change& change) {
  store::Statement stream(writer_.get(), "INSERT OR IGNORE INTO stream (grp, name) VALUES (?1, ?2)");
  if (auto done = stream.bind(1, change.group).bind(2, change.stream).run(); !done) return done;
  store::Statement event(writer_.get(),
                         "INSERT INTO event (grp, stream, ts, ingestion, message) VALUES"
                         " (?1, (SELECT id FROM stream WHERE grp = ?1 AND name = ?2), ?3, ?4, ?5)");
  for (const auto& item : change.events) {
    event.bind(1, change.group).bind(2, change.stream).bind(3, to_ms(item.timestamp));
    event.bind(4, to_ms(change.time)).bind(5, item.message);
    if (auto done = event.run(); !done) return done;
  }
  return {};
}

Page Engine::read(const Query& query) {
  const std::string sql = select_sql(query);
  store::Statement select(reader_.get(), sql.c_str());
  const Position from = start_position(query);
  select.bind(1, query.group).bind(2, query.start_ms).bind(3, query.end_ms);
  select.bind(4, from.timestamp_ms).bind(5, from.sequence);
  for (std::size_t i = 0; i < query.streams.size(); ++i) {
    select.bind(static_cast<int>(i) + 6, query.streams[i]);
  }
  Page page;
  std::size_t bytes = 0, scanned = 0;
  Position last = from;
  while (select.row()) {
    Event event{select.integer(0), from_ms(select.integer(1)), from_ms(select.integer(2)),
                select.text(3), select.text(4)};
    const bool full = page.events.size() >= query.limit || scanned >= query.scan_limit ||
                      (bytes + event.message.size() > query.byte_limit && !page.events.empty());
    if (full) {
      page.next = last;
      return page;
    }
    ++scanned;
    last = {to_ms(event.timestamp), event.sequence};
    if (query.matches && !query.matches(event)) continue;
    bytes += event.message.size();
    page.events.push_back(std::move(event));
  }
  return page;
}

std::optional<std::int64_t> Engine::find_stream(const std::string& group, const std::string& stream) {
  store::Statement select(reader_.get(), "SELECT id FROM stream WHERE grp = ?1 AND name = ?2");
  select.bind(1, group).bind(2, stream);
  if (!select.row()) return std::nullopt;
  return select.integer(0);
}

StreamTimes Engine::stream_times(const std::string& group, const std::string& stream) {
  StreamTimes times;
  const auto id = find_stream(group, stream);
  if (!id) return times;
  const auto one = [&](const char* sql) -> std::optional<Time> {
    store::Statement select(reader_.get(), sql);
    select.bind(1, *id);
    if (!select.row()) return std::nullopt;
    return from_ms(select.integer(0));
  };
  times.first_event = one("SELECT ts FROM event WHERE stream = ?1 ORDER BY ts, seq LIMIT 1");
  times.last_event = one("SELECT ts FROM event WHERE stream = ?1 ORDER BY ts DESC, seq DESC LIMIT 1");
  times.last_ingestion =
      one("SELECT ingestion FROM event WHERE stream = ?1 ORDER BY ts DESC, seq DESC LIMIT 1");
  return times;
}

std::int64_t Engine::stored_bytes(const std::string& group) {
  // AWS counts 26 bytes an event beside its message (PutLogEvents reference).
  store::Statement select(reader_.get(),
                          "SELECT COALESCE(SUM(LENGTH(message) + 26), 0) FROM event WHERE grp = ?1");
  select.bind(1, group);
  return select.row() ? select.integer(0) : 0;
}

}  // namespace seatrial::logs

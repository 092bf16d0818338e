#include "logs/engine.h"

#include "base/log.h"

namespace seatrial::logs {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY, grp TEXT NOT NULL, name TEXT NOT "
    "NULL,"
    " UNIQUE (grp, name));"
    "CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL,"
    " stream INTEGER NOT NULL, ts INTEGER NOT NULL, ingestion INTEGER NOT NULL, message BLOB NOT "
    "NULL);"
    "CREATE TABLE IF NOT EXISTS size (grp TEXT PRIMARY KEY, bytes INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS event_time ON event (grp, ts, seq);"
    "CREATE INDEX IF NOT EXISTS event_stream ON event (stream, ts, seq);";

// AWS counts 26 bytes an event beside its message (PutLogEvents reference).
constexpr std::size_t kEventOverhead = 26;

// One stream is read by the index of its own, several or all by the group's.
std::string source_filter(std::size_t count) {
  if (count == 1) return "e.stream = (SELECT id FROM stream WHERE grp = ?1 AND name = ?6)";
  return "e.grp = ?1";
}

std::string stream_filter(std::size_t count) {
  if (count <= 1) return "";
  std::string sql = " AND s.name IN (";
  for (std::size_t i = 0; i < count; ++i) sql += i == 0 ? "?" : ",?";
  return sql + ")";
}

std::string select_sql(const Query& query) {
  const char* compare = query.backward ? "<" : ">";
  const char* order = query.backward ? "DESC" : "ASC";
  return fmt::format(
      "SELECT e.seq, e.ts, e.ingestion, s.name, e.message FROM event e JOIN stream s ON s.id = "
      "e.stream"
      " WHERE {} AND e.ts >= ?2 AND e.ts <= ?3 AND (e.ts, e.seq) {} (?4, ?5){}"
      " ORDER BY e.ts {}, e.seq {}",
      source_filter(query.streams.size()), compare, stream_filter(query.streams.size()), order,
      order);
}

Position start_position(const Query& query) {
  if (query.from) return *query.from;
  return query.backward ? Position{INT64_MAX, INT64_MAX} : Position{INT64_MIN, INT64_MIN};
}

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(
    const std::filesystem::path& file) {
  auto writer = store::open_database(file, kSchema);
  if (!writer) return std::unexpected(writer.error());
  auto reader = store::open_database(file, "PRAGMA query_only=1");
  if (!reader) return std::unexpected(reader.error());
  return std::unique_ptr<Engine>(new Engine(file, std::move(*writer), std::move(*reader)));
}

Engine::Engine(std::filesystem::path file, store::Database writer, store::Database reader)
    : file_(std::move(file)), writer_(std::move(writer)), reader_(std::move(reader)) {}

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
    return done;  // still dirty: a commit called meanwhile must not pass for nothing to do
  }
  const std::lock_guard lock(mutex_);
  dirty_ = !pending_.empty();
  return done;
}

std::expected<void, std::string> Engine::apply(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kAppend:
      return insert(change);
    case Change::Kind::kRemoveGroup:
      return delete_group(change.group);
    case Change::Kind::kRemoveStream:
      return delete_stream(change.group, change.stream);
    case Change::Kind::kDropBefore:
      return delete_before(change.group, to_ms(change.time));
  }
  return {};
}

std::expected<void, std::string> Engine::delete_group(const std::string& group) {
  for (const char* sql : {"DELETE FROM event WHERE grp = ?1", "DELETE FROM stream WHERE grp = ?1",
                          "DELETE FROM size WHERE grp = ?1"}) {
    store::Statement statement(writer_.get(), sql);
    if (auto done = statement.bind(1, group).run(); !done) return done;
  }
  return {};
}

std::expected<void, std::string> Engine::delete_stream(const std::string& group,
                                                       const std::string& stream) {
  store::Statement size(writer_.get(),
                        "UPDATE size SET bytes = bytes - (SELECT"
                        " COALESCE(SUM(LENGTH(CAST(message AS BLOB)) + ?3), 0) FROM event"
                        " WHERE stream = (SELECT id FROM stream WHERE grp = ?1 AND name = ?2))"
                        " WHERE grp = ?1");
  size.bind(1, group).bind(2, stream).bind(3, std::int64_t{kEventOverhead});
  if (auto done = size.run(); !done) return done;
  for (const char* sql : {"DELETE FROM event WHERE stream ="
                          " (SELECT id FROM stream WHERE grp = ?1 AND name = ?2)",
                          "DELETE FROM stream WHERE grp = ?1 AND name = ?2"}) {
    store::Statement statement(writer_.get(), sql);
    if (auto done = statement.bind(1, group).bind(2, stream).run(); !done) return done;
  }
  return {};
}

std::expected<void, std::string> Engine::delete_before(const std::string& group,
                                                       std::int64_t oldest_kept_ms) {
  store::Statement size(writer_.get(),
                        "UPDATE size SET bytes = bytes - (SELECT"
                        " COALESCE(SUM(LENGTH(CAST(message AS BLOB)) + ?3), 0) FROM event"
                        " WHERE grp = ?1 AND ts < ?2) WHERE grp = ?1");
  size.bind(1, group).bind(2, oldest_kept_ms).bind(3, std::int64_t{kEventOverhead});
  if (auto done = size.run(); !done) return done;
  store::Statement events(writer_.get(), "DELETE FROM event WHERE grp = ?1 AND ts < ?2");
  return events.bind(1, group).bind(2, oldest_kept_ms).run();
}

std::expected<void, std::string> Engine::insert(const Change& change) {
  store::Statement stream(writer_.get(),
                          "INSERT OR IGNORE INTO stream (grp, name) VALUES (?1, ?2)");
  if (auto done = stream.bind(1, change.group).bind(2, change.stream).run(); !done) return done;
  store::Statement event(writer_.get(),
                         "INSERT INTO event (grp, stream, ts, ingestion, message) VALUES"
                         " (?1, (SELECT id FROM stream WHERE grp = ?1 AND name = ?2), ?3, ?4, ?5)");
  std::size_t bytes = 0;
  for (const auto& item : change.events) {
    event.bind(1, change.group).bind(2, change.stream).bind(3, to_ms(item.timestamp));
    event.bind(4, to_ms(change.time)).bind(5, item.message);
    if (auto done = event.run(); !done) return done;
    bytes += item.message.size() + kEventOverhead;
  }
  store::Statement size(writer_.get(),
                        "INSERT INTO size VALUES (?1, ?2)"
                        " ON CONFLICT (grp) DO UPDATE SET bytes = bytes + ?2");
  return size.bind(1, change.group).bind(2, static_cast<std::int64_t>(bytes)).run();
}

Page Engine::read(const Query& query) {
  const std::string sql = select_sql(query);
  store::Statement select(reader_.get(), sql.c_str());
  const Position from = start_position(query);
  // The place to go on from also bounds the times, so that no page scans those before it again.
  const auto start = query.backward ? query.start_ms : std::max(query.start_ms, from.timestamp_ms);
  const auto end = query.backward ? std::min(query.end_ms, from.timestamp_ms) : query.end_ms;
  select.bind(1, query.group).bind(2, start).bind(3, end);
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

std::optional<std::int64_t> Engine::find_stream(const std::string& group,
                                                const std::string& stream) {
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
  times.last_event =
      one("SELECT ts FROM event WHERE stream = ?1 ORDER BY ts DESC, seq DESC LIMIT 1");
  times.last_ingestion =
      one("SELECT ingestion FROM event WHERE stream = ?1 ORDER BY ts DESC, seq DESC LIMIT 1");
  return times;
}

std::int64_t Engine::stored_bytes(const std::string& group) {
  store::Statement select(reader_.get(), "SELECT bytes FROM size WHERE grp = ?1");
  select.bind(1, group);
  return select.row() ? select.integer(0) : 0;
}

}  // namespace seatrial::logs

#include "services/cloudtrail/event_log.h"

#include "base/log.h"

namespace seatrial::services::cloudtrail {
namespace {

constexpr int kWritesBetweenForgetting = 100;
constexpr std::string_view kColumns =
    "seq,at,id,region,name,source,user,key,read_only,resources,body";

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS event(seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
    " id TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL,"
    " user TEXT NOT NULL, key TEXT NOT NULL, read_only INTEGER NOT NULL, resources TEXT NOT NULL,"
    " body TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS event_time ON event(region, at, seq);";

// The column of each attribute that is compared as it is. Those of resources are not.
constexpr std::pair<std::string_view, std::string_view> kAttributes[] = {
    {"EventId", "id"},         {"EventName", "name"},  {"Username", "user"},
    {"EventSource", "source"}, {"AccessKeyId", "key"}, {"ReadOnly", "read_only"}};

StoredEvent read(store::Statement& row) {
  StoredEvent event;
  event.sequence = row.integer(0);
  event.at = from_ms(row.integer(1));
  event.id = row.text(2);
  event.region = row.text(3);
  event.name = row.text(4);
  event.source = row.text(5);
  event.user_name = row.text(6);
  event.access_key = row.text(7);
  event.read_only = row.integer(8) != 0;
  event.resources = row.text(9);
  event.body = row.text(10);
  return event;
}

bool has_resource(const StoredEvent& event, const Lookup& lookup) {
  for (const auto& resource : resources_of(event)) {
    const auto& part = lookup.attribute == "ResourceType" ? resource.type : resource.name;
    if (part == lookup.value) return true;
  }
  return false;
}

}  // namespace

std::expected<std::unique_ptr<EventLog>, std::string> EventLog::open(
    const std::filesystem::path& file, Rng& rng, const Clock& clock) {
  auto db = store::open_database(file, kSchema);
  if (!db) return std::unexpected(db.error());
  return std::unique_ptr<EventLog>(new EventLog(std::move(*db), rng, clock));
}

EventLog::EventLog(store::Database db, Rng& rng, const Clock& clock)
    : db_(std::move(db)), rng_(rng), clock_(clock) {
  insert_ = std::make_unique<store::Statement>(
      db_.get(),
      "INSERT INTO event(at,id,region,name,source,user,key,read_only,resources,body)"
      " VALUES(?,?,?,?,?,?,?,?,?,?)");
  thread_ = std::thread([this] { run(); });
}

EventLog::~EventLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  insert_.reset();
}

void EventLog::record(room::RecordedCall call) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= kMaxQueued)
    ++lost_;
  else
    queue_.push_back(std::move(call));
}

void EventLog::ask(std::function<void()> question) {
  {
    const std::lock_guard lock(mutex_);
    questions_.push_back(std::move(question));
  }
  wake_.notify_all();
}

// Writes at every turn, so that a question sees what was recorded before it.
void EventLog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !queue_.empty() || !questions_.empty()) {
    wake_.wait_for(lock, kFlush, [&] { return stopping_ || !questions_.empty(); });
    auto calls = std::exchange(queue_, {});
    auto questions = std::exchange(questions_, {});
    const auto lost = std::exchange(lost_, 0);
    lock.unlock();
    if (lost > 0) log::warning("{} API calls were not recorded: too many at once", lost);
    if (!calls.empty()) write(std::move(calls));
    for (const auto& question : questions) question();
    lock.lock();
  }
}

void EventLog::write(std::deque<room::RecordedCall> calls) {
  auto begun = store::execute(db_.get(), "BEGIN");
  for (const auto& call : calls) insert(stored_event(call, rng_.uuid()));
  if (++writes_ % kWritesBetweenForgetting == 1) forget();
  auto done = store::execute(db_.get(), "COMMIT");
  if (begun && done) return;
  log::error("{} API calls could not be recorded: {}", calls.size(),
             begun ? done.error() : begun.error());
  (void)store::execute(db_.get(), "ROLLBACK");
}

void EventLog::insert(const StoredEvent& event) {
  insert_->bind(1, to_ms(event.at)).bind(2, std::string_view(event.id));
  insert_->bind(3, std::string_view(event.region)).bind(4, std::string_view(event.name));
  insert_->bind(5, std::string_view(event.source)).bind(6, std::string_view(event.user_name));
  insert_->bind(7, std::string_view(event.access_key));
  insert_->bind(8, static_cast<std::int64_t>(event.read_only ? 1 : 0));
  insert_->bind(9, std::string_view(event.resources)).bind(10, std::string_view(event.body));
  if (auto done = insert_->run(); !done)
    log::error("an API call was not recorded: {}", done.error());
}

void EventLog::forget() {
  store::Statement old(db_.get(), "DELETE FROM event WHERE at < ?");
  (void)old.bind(1, to_ms(clock_.now() - kHistory)).run();
  store::Statement many(db_.get(),
                        "DELETE FROM event WHERE seq <= (SELECT max(seq) FROM event) - ?");
  (void)many.bind(1, kMaxEvents).run();
}

std::vector<StoredEvent> EventLog::select(const Lookup& lookup) {
  std::string sql = "SELECT " + std::string(kColumns) +
                    " FROM event WHERE region=? AND at>=? AND at<=? AND (at,seq)<(?,?)";
  bool compared = false;
  for (const auto& [attribute, column] : kAttributes) {
    if (attribute != lookup.attribute) continue;
    compared = true;
    sql += " AND " + std::string(column) + "=?";
  }
  sql += " ORDER BY at DESC, seq DESC";
  store::Statement rows(db_.get(), sql.c_str());
  const auto before = lookup.before.value_or(std::pair{INT64_MAX, INT64_MAX});
  const std::int64_t oldest = to_ms(clock_.now() - kHistory);
  rows.bind(1, std::string_view(lookup.region)).bind(2, std::max(lookup.start_ms, oldest));
  rows.bind(3, lookup.end_ms).bind(4, before.first).bind(5, before.second);
  if (compared && lookup.attribute == "ReadOnly")
    rows.bind(6, static_cast<std::int64_t>(lookup.value == "true" ? 1 : 0));
  else if (compared)
    rows.bind(6, std::string_view(lookup.value));
  const bool by_resource = !compared && !lookup.attribute.empty();
  std::vector<StoredEvent> out;
  while (out.size() < lookup.limit && rows.row()) {
    StoredEvent event = read(rows);
    if (!by_resource || has_resource(event, lookup)) out.push_back(std::move(event));
  }
  return out;
}

void EventLog::look_up(Lookup lookup, Found found) {
  ask([this, lookup = std::move(lookup), found = std::move(found)] { found(select(lookup)); });
}

void EventLog::after(std::int64_t sequence, std::size_t limit, Found found) {
  ask([this, sequence, limit, found = std::move(found)] {
    const std::string sql =
        "SELECT " + std::string(kColumns) + " FROM event WHERE seq>? ORDER BY seq LIMIT ?";
    store::Statement rows(db_.get(), sql.c_str());
    rows.bind(1, sequence).bind(2, static_cast<std::int64_t>(limit));
    std::vector<StoredEvent> out;
    while (rows.row()) out.push_back(read(rows));
    found(std::move(out));
  });
}

void EventLog::last(std::function<void(std::int64_t)> found) {
  ask([this, found = std::move(found)] {
    store::Statement row(db_.get(), "SELECT coalesce(max(seq),0) FROM event");
    row.row();
    found(row.integer(0));
  });
}

}  // namespace seatrial::services::cloudtrail

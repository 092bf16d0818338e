#include "services/cloudtrail/event_log.h"

#include <algorithm>

#include "base/log.h"
#include "metrics/packing.h"
#include "services/cloudtrail/event_block.h"

namespace seatrial::services::cloudtrail {
namespace {

constexpr int kWritesBetweenForgetting = 100;
constexpr int kPackLevel = 1;

// One block: its first event's sequence number, how many there are, the times they span, the bytes
// (raw: how many before they were packed).
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS block(seq INTEGER PRIMARY KEY, events INTEGER NOT NULL,"
    " oldest INTEGER NOT NULL, newest INTEGER NOT NULL, raw INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE INDEX IF NOT EXISTS block_newest ON block(newest, seq);";

using Place = std::pair<std::int64_t, std::int64_t>;  // time in ms, sequence

Place place_of(const StoredEvent& event) { return {to_ms(event.at), event.sequence}; }

// The attributes that are compared as they are. Those of resources are not.
constexpr std::pair<std::string_view, std::string_view EventView::*> kAttributes[] = {
    {"EventId", &EventView::id},
    {"EventName", &EventView::name},
    {"Username", &EventView::user_name},
    {"EventSource", &EventView::source},
    {"AccessKeyId", &EventView::access_key}};

bool has_resource(std::string_view resources, const Lookup& lookup) {
  for (const auto& resource : resources_of(resources)) {
    const auto& part = lookup.attribute == "ResourceType" ? resource.type : resource.name;
    if (part == lookup.value) return true;
  }
  return false;
}

bool has_attribute(const EventView& event, const Lookup& lookup) {
  if (lookup.attribute.empty()) return true;
  if (lookup.attribute == "ReadOnly") return event.read_only == (lookup.value == "true");
  for (const auto& [attribute, member] : kAttributes)
    if (attribute == lookup.attribute) return event.*member == lookup.value;
  return has_resource(event.resources, lookup);
}

// The block's events that are asked for, newest first, at most the limit.
std::vector<StoredEvent> select_from(std::string_view bytes, std::int64_t sequence,
                                     const Lookup& lookup) {
  std::vector<std::pair<Place, EventView>> found;
  EventReader reader(bytes);
  for (auto event = reader.next(); event; event = reader.next(), ++sequence) {
    const Place place{event->at_ms, sequence};
    const bool in_time = event->at_ms >= lookup.start_ms && event->at_ms <= lookup.end_ms &&
                         (!lookup.before || place < *lookup.before);
    if (in_time && event->region == lookup.region && has_attribute(*event, lookup))
      found.emplace_back(place, *event);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  if (found.size() > lookup.limit) found.resize(lookup.limit);
  std::vector<StoredEvent> out;
  for (const auto& [place, event] : found) out.push_back(event.event(place.second));
  return out;
}

// A row's block unpacked: its column of the size, then that of the bytes.
std::string unpacked(const store::Statement& row, int column) {
  auto raw =
      metrics::decompress(row.text(column + 1), static_cast<std::size_t>(row.integer(column)));
  if (!raw) log::error("trail.db: the block of event {} is damaged", row.integer(0));
  return raw ? *std::move(raw) : std::string();
}

}  // namespace

std::expected<std::unique_ptr<EventLog>, std::string> EventLog::open(
    const std::filesystem::path& file, Rng& rng, const Clock& clock) {
  auto db = store::open_database(file, kSchema);
  if (!db) return std::unexpected(db.error());
  auto pending = PendingEvents::open(std::filesystem::path(file).replace_extension(".pending"));
  if (!pending) return std::unexpected(pending.error());
  return std::unique_ptr<EventLog>(new EventLog(std::move(*db), std::move(*pending), rng, clock));
}

EventLog::EventLog(store::Database db, std::unique_ptr<PendingEvents> pending, Rng& rng,
                   const Clock& clock)
    : db_(std::move(db)), pending_(std::move(pending)), rng_(rng), clock_(clock) {
  insert_ = std::make_unique<store::Statement>(
      db_.get(), "INSERT INTO block(seq,events,oldest,newest,raw,bytes) VALUES(?,?,?,?,?,?)");
  recover();
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

// A half that was made a block just before the process ended is there already.
void EventLog::recover() {
  for (const int index : {0, 1}) {
    const auto half = pending_->left(index);
    if (!half.bytes.empty() && half.first > last_sequence()) write_block(half.first, half.bytes);
  }
  pending_->begin(last_sequence() + 1);
}

void EventLog::record(const room::RecordedCall& call) {
  thread_local std::string bytes;
  bytes.clear();
  append_event(stored_event(call, rng_.uuid()), bytes);
  std::unique_lock lock(mutex_);
  while (!pending_->append(bytes)) {
    full_ = true;
    wake_.notify_all();
    room_.wait(lock);
  }
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
  for (bool more = true; more;) {
    wake_.wait_for(lock, kFlush, [&] { return stopping_ || full_ || !questions_.empty(); });
    more = !stopping_;
    const auto questions = std::exchange(questions_, {});
    more |= keep(lock) || !questions.empty();
    lock.unlock();
    for (const auto& question : questions) question();
    lock.lock();
  }
}

// Makes a block of what is pending; false when nothing was.
bool EventLog::keep(std::unique_lock<std::mutex>& lock) {
  full_ = false;
  if (pending_->empty()) return false;
  const auto half = pending_->swap();
  room_.notify_all();
  lock.unlock();
  write_block(half.first, half.bytes);
  if (++writes_ % kWritesBetweenForgetting == 1) forget();
  lock.lock();
  pending_->clear_taken();
  return true;
}

void EventLog::write_block(std::int64_t first, std::string_view bytes) {
  std::int64_t events = 0, oldest = INT64_MAX, newest = INT64_MIN;
  EventReader reader(bytes);
  for (auto event = reader.next(); event; event = reader.next(), ++events) {
    oldest = std::min(oldest, event->at_ms);
    newest = std::max(newest, event->at_ms);
  }
  if (events == 0) return;
  const std::string packed = metrics::compress(bytes, kPackLevel);
  insert_->bind(1, first).bind(2, events).bind(3, oldest).bind(4, newest);
  insert_->bind(5, static_cast<std::int64_t>(bytes.size())).bind(6, std::string_view(packed));
  if (auto done = insert_->run(); !done)
    log::error("{} API calls could not be recorded: {}", events, done.error());
}

// The newest block stays, whatever its age: the sequence goes on from it.
void EventLog::forget() {
  constexpr std::string_view kNotTheNewest = " AND seq < (SELECT max(seq) FROM block)";
  const std::string old = fmt::format("DELETE FROM block WHERE newest < ?{}", kNotTheNewest);
  (void)store::Statement(db_.get(), old.c_str()).bind(1, to_ms(clock_.now() - kHistory)).run();
  const std::string many = fmt::format("DELETE FROM block WHERE seq+events <= ?{}", kNotTheNewest);
  (void)store::Statement(db_.get(), many.c_str()).bind(1, last_sequence() - kMaxEvents).run();
}

std::int64_t EventLog::last_sequence() {
  store::Statement row(db_.get(), "SELECT seq+events-1 FROM block ORDER BY seq DESC LIMIT 1");
  return row.row() ? row.integer(0) : 0;
}

// Blocks may overlap in time: one may hold an event asked for as long as its newest is not older
// than the last of those found.
std::vector<StoredEvent> EventLog::select(const Lookup& asked) {
  Lookup lookup = asked;
  lookup.start_ms = std::max(lookup.start_ms, to_ms(clock_.now() - kHistory));
  store::Statement rows(db_.get(),
                        "SELECT seq,newest,raw,bytes FROM block WHERE newest>=? AND oldest<=?"
                        " ORDER BY newest DESC, seq DESC");
  rows.bind(1, lookup.start_ms);
  rows.bind(2, lookup.before ? std::min(lookup.end_ms, lookup.before->first) : lookup.end_ms);
  std::vector<StoredEvent> out;
  const auto newer = [](const StoredEvent& a, const StoredEvent& b) {
    return place_of(a) > place_of(b);
  };
  while (rows.row()) {
    if (out.size() >= lookup.limit && rows.integer(1) < to_ms(out.back().at)) break;
    auto found = select_from(unpacked(rows, 2), rows.integer(0), lookup);
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    std::move(found.begin(), found.end(), std::back_inserter(out));
    std::inplace_merge(out.begin(), out.begin() + middle, out.end(), newer);
    if (out.size() > lookup.limit) out.resize(lookup.limit);
  }
  return out;
}

std::vector<StoredEvent> EventLog::select_after(std::int64_t sequence, std::size_t limit) {
  store::Statement rows(db_.get(),
                        "SELECT seq,raw,bytes FROM block WHERE seq+events-1>? ORDER BY seq");
  rows.bind(1, sequence);
  std::vector<StoredEvent> out;
  while (out.size() < limit && rows.row()) {
    const std::string bytes = unpacked(rows, 1);
    std::int64_t at = rows.integer(0);
    EventReader reader(bytes);
    for (auto event = reader.next(); event && out.size() < limit; event = reader.next(), ++at)
      if (at > sequence) out.push_back(event->event(at));
  }
  return out;
}

void EventLog::look_up(Lookup lookup, Found found) {
  ask([this, lookup = std::move(lookup), found = std::move(found)] { found(select(lookup)); });
}

void EventLog::after(std::int64_t sequence, std::size_t limit, Found found) {
  ask([this, sequence, limit, found = std::move(found)] { found(select_after(sequence, limit)); });
}

void EventLog::last(std::function<void(std::int64_t)> found) {
  ask([this, found = std::move(found)] { found(last_sequence()); });
}

}  // namespace seatrial::services::cloudtrail

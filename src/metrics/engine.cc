#include "metrics/engine.h"

#include "base/log.h"
#include "base/value.h"

namespace seatrial::metrics {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, region TEXT NOT NULL, ns TEXT NOT "
    "NULL,"
    " name TEXT NOT NULL, dims TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (region, ns, name, dims, "
    "unit));"
    "CREATE TABLE IF NOT EXISTS bucket (series INTEGER NOT NULL, at INTEGER NOT NULL,"
    " resolution INTEGER NOT NULL, n REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL,"
    " max REAL NOT NULL, PRIMARY KEY (series, at, resolution)) WITHOUT ROWID;";

std::string dimensions_text(Dimensions dimensions) {
  std::sort(dimensions.begin(), dimensions.end());
  Array pairs;
  for (const auto& d : dimensions) pairs.push_back(Array{d.name, d.value});
  return to_json(pairs);
}

Dimensions dimensions_of(const std::string& text) {
  Dimensions dimensions;
  const auto pairs = parse_json(text);
  if (!pairs || !pairs->is_array()) return dimensions;
  for (const auto& pair : pairs->get_array()) {
    const auto& both = pair.as_array();
    dimensions.push_back({std::string(as_view(both.at(0).as_string())),
                          std::string(as_view(both.at(1).as_string()))});
  }
  return dimensions;
}

bool has_dimensions(const ListQuery& query, const Dimensions& dimensions) {
  return std::all_of(query.dimensions.begin(), query.dimensions.end(), [&](const auto& wanted) {
    return std::any_of(dimensions.begin(), dimensions.end(), [&](const Dimension& d) {
      return d.name == wanted.first && (!wanted.second || d.value == *wanted.second);
    });
  });
}

std::int64_t seconds(Time t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

void bind_series(store::Statement& statement, const SeriesId& series) {
  statement.bind(1, series.region).bind(2, series.name_space).bind(3, series.name);
  statement.bind(4, dimensions_text(series.dimensions)).bind(5, series.unit);
}

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(
    const std::filesystem::path& file) {
  auto writer = store::open_database(file, kSchema);
  if (!writer) return std::unexpected(writer.error());
  auto reader = store::open_database(file, "PRAGMA query_only=1");
  if (!reader) return std::unexpected(reader.error());
  return std::unique_ptr<Engine>(new Engine(std::move(*writer), std::move(*reader)));
}

Engine::Engine(store::Database writer, store::Database reader)
    : writer_(std::move(writer)), reader_(std::move(reader)) {}

void Engine::put(const SeriesId& series, Sample sample) {
  const std::lock_guard lock(mutex_);
  pending_.push_back({series, sample});
  dirty_ = true;
}

void Engine::drop_before(Time oldest_kept) {
  const std::lock_guard lock(mutex_);
  drop_before_ = oldest_kept;
  dirty_ = true;
}

// `dirty_` stays set until the samples are on disk: a reply that waits for durability asks it.
std::expected<void, std::string> Engine::commit() {
  std::vector<Pending> pending;
  std::optional<Time> drop;
  {
    const std::lock_guard lock(mutex_);
    pending.swap(pending_);
    drop.swap(drop_before_);
  }
  auto done = write(pending, drop);
  if (!done) {
    log::error("metric samples could not be written: {}", done.error());
    return done;  // still dirty: whoever waits on these samples is refused by the next commit
  }
  const std::lock_guard lock(mutex_);
  dirty_ = !pending_.empty() || drop_before_.has_value();
  return done;
}

std::expected<void, std::string> Engine::write(const std::vector<Pending>& pending,
                                               std::optional<Time> drop) {
  auto done = store::execute(writer_.get(), "BEGIN IMMEDIATE");
  for (const auto& item : pending) {
    if (!done) break;
    done = insert(item);
  }
  if (done && drop) {
    store::Statement old(writer_.get(), "DELETE FROM bucket WHERE at < ?1");
    done = old.bind(1, seconds(*drop)).run();
  }
  if (done) done = store::execute(writer_.get(), "COMMIT");
  if (!done) (void)store::execute(writer_.get(), "ROLLBACK");
  return done;
}

std::expected<void, std::string> Engine::insert(const Pending& pending) {
  store::Statement series(writer_.get(),
                          "INSERT OR IGNORE INTO series (region, ns, name, dims, unit)"
                          " VALUES (?1, ?2, ?3, ?4, ?5)");
  bind_series(series, pending.series);
  if (auto done = series.run(); !done) return done;
  const auto& sample = pending.sample;
  const std::int64_t at = seconds(sample.at) - seconds(sample.at) % sample.resolution_s;
  store::Statement bucket(writer_.get(),
                          "INSERT INTO bucket SELECT id, ?6, ?7, ?8, ?9, ?10, ?11 FROM series"
                          " WHERE region = ?1 AND ns = ?2 AND name = ?3 AND dims = ?4 AND unit = ?5"
                          " ON CONFLICT DO UPDATE SET n = n + excluded.n, sum = sum + excluded.sum,"
                          " min = MIN(min, excluded.min), max = MAX(max, excluded.max)");
  bind_series(bucket, pending.series);
  bucket.bind(6, at).bind(7, std::int64_t{sample.resolution_s}).bind(8, sample.count);
  bucket.bind(9, sample.sum).bind(10, sample.min).bind(11, sample.max);
  return bucket.run();
}

std::vector<Aggregate> Engine::read(const SeriesId& series, Time start, Time end, int period_s,
                                    bool) {
  store::Statement select(
      reader_.get(),
      "SELECT (b.at - (b.at - ?6) % ?8) AS period, s.unit, SUM(b.n), SUM(b.sum), MIN(b.min), "
      "MAX(b.max)"
      " FROM series s JOIN bucket b ON b.series = s.id"
      " WHERE s.region = ?1 AND s.ns = ?2 AND s.name = ?3 AND s.dims = ?4"
      " AND (?5 = '' OR s.unit = ?5) AND b.at >= ?6 AND b.at < ?7 GROUP BY period, s.unit ORDER BY "
      "1");
  bind_series(select, series);
  select.bind(6, seconds(start)).bind(7, seconds(end)).bind(8, std::int64_t{period_s});
  std::vector<Aggregate> result;
  while (select.row()) {
    result.push_back({from_ms(select.integer(0) * 1000),
                      select.real(2),
                      select.real(3),
                      select.real(4),
                      select.real(5),
                      select.text(1),
                      {}});
  }
  return result;
}

bool Engine::has_high_resolution(const SeriesId& series, Time start, Time end) {
  store::Statement select(
      reader_.get(),
      "SELECT 1 FROM series s JOIN bucket b ON b.series = s.id"
      " WHERE s.region = ?1 AND s.ns = ?2 AND s.name = ?3 AND s.dims = ?4"
      " AND (?5 = '' OR s.unit = ?5) AND b.at >= ?6 AND b.at < ?7 AND b.resolution < 60 LIMIT 1");
  bind_series(select, series);
  select.bind(6, seconds(start)).bind(7, seconds(end));
  return select.row();
}

std::vector<MetricName> Engine::list(const ListQuery& query) {
  store::Statement select(
      reader_.get(),
      "SELECT DISTINCT s.ns, s.name, s.dims FROM series s WHERE s.region = ?1"
      " AND (?2 = '' OR s.ns = ?2) AND (?3 = '' OR s.name = ?3)"
      " AND EXISTS (SELECT 1 FROM bucket b WHERE b.series = s.id AND b.at >= ?4)"
      " ORDER BY s.ns, s.name, s.dims");
  select.bind(1, query.region)
      .bind(2, query.name_space)
      .bind(3, query.name)
      .bind(4, seconds(query.since));
  std::vector<MetricName> names;
  while (select.row()) {
    MetricName name{select.text(0), select.text(1), dimensions_of(select.text(2))};
    if (has_dimensions(query, name.dimensions)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace seatrial::metrics

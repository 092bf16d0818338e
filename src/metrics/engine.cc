#include "metrics/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/log.h"
#include "metrics/series_column.h"
#include "metrics/wal.h"

namespace seatrial::metrics {
namespace {

constexpr std::size_t kRecordSamples = 1 << 20;  // in one record of the log
constexpr std::size_t kSealAtClose = 65'536;     // samples; fewer stay in the log
constexpr std::chrono::seconds kRetryAfter{1};   // of the worker after a failure
constexpr int kMaxRefills = 2;                   // of a ring, before it is read apart
constexpr std::string_view kWalPrefix = "log-";

std::uint32_t second_of(Time t) {
  const auto s = std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(s, 0, UINT32_MAX));
}

HotSample hot_sample(SeriesNumber series, const Sample& sample) {
  const auto at = second_of(sample.at);
  const auto resolution = static_cast<std::uint32_t>(sample.resolution_s);
  const bool known = sample.min == sample.max && sample.sum == sample.min * sample.count;
  return {series,       at - at % resolution, resolution == 1, !known,
          sample.count, sample.sum,           sample.min,      sample.max};
}

bool has_dimensions(const ListQuery& query, const Dimensions& dimensions) {
  return std::all_of(query.dimensions.begin(), query.dimensions.end(), [&](const auto& wanted) {
    return std::any_of(dimensions.begin(), dimensions.end(), [&](const Dimension& d) {
      return d.name == wanted.first && (!wanted.second || d.value == *wanted.second);
    });
  });
}

// How old data may be to be shown at this period.
std::int64_t shown_s(int period_s) {
  std::int64_t shown = 0;
  for (const auto& tier : kTiers)
    if (static_cast<std::uint32_t>(period_s) % tier.resolution_s == 0) shown = tier.kept_s;
  return shown;
}

bool may_hold(const Segment& segment, std::uint32_t from, std::uint32_t to, int period_s) {
  const auto& name = segment.name();
  const auto& tier = kTiers[static_cast<std::size_t>(name.tier)];
  return static_cast<std::uint32_t>(period_s) % tier.resolution_s == 0 && name.partition < to &&
         name.partition + tier.partition_s > from;
}

void finish(Aggregate& aggregate, Bucket& bucket, bool with_values) {
  aggregate.count = bucket.n;
  aggregate.sum = bucket.sum;
  aggregate.min = bucket.min;
  aggregate.max = bucket.max;
  if (!with_values || bucket.hidden || bucket.min < 0) return;
  if (bucket.values.empty()) bucket.values.emplace_back(bucket.min, bucket.n);
  settle(bucket.values);
  aggregate.values = std::move(bucket.values);
}

std::vector<Aggregate> aggregates(std::vector<Bucket> buckets, std::uint32_t start, int period_s,
                                  const std::string& unit, bool with_values) {
  const auto period = static_cast<std::uint32_t>(period_s);
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const Bucket& a, const Bucket& b) { return a.at < b.at; });
  std::vector<Aggregate> results;
  for (std::size_t i = 0; i < buckets.size();) {
    const auto number = (buckets[i].at - start) / period;
    Bucket all = std::move(buckets[i++]);
    for (; i < buckets.size() && (buckets[i].at - start) / period == number; ++i)
      all.merge(buckets[i]);
    Aggregate aggregate;
    aggregate.start = from_ms((std::int64_t{start} + std::int64_t{number} * period) * 1000);
    aggregate.unit = unit;
    finish(aggregate, all, with_values);
    results.push_back(std::move(aggregate));
  }
  return results;
}

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(
    const std::filesystem::path& folder, const Clock* clock) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected("cannot make " + folder.string() + ": " + error.message());
  auto registry = Registry::open(folder / "series");
  if (!registry) return std::unexpected(registry.error());
  std::unique_ptr<Engine> engine(new Engine(folder, clock, std::move(*registry)));
  auto shelf = Shelf::open(folder, engine->mutex_);
  if (!shelf) return std::unexpected(shelf.error());
  engine->shelf_ = std::move(*shelf);
  engine->note_times();
  if (auto done = engine->replay(); !done) return std::unexpected(done.error());
  engine->worker_ = std::thread([raw = engine.get()] { raw->work(); });
  return engine;
}

Engine::Engine(std::filesystem::path folder, const Clock* clock, Registry registry)
    : folder_(std::move(folder)), clock_(clock), registry_(std::move(registry)) {}

Engine::~Engine() {
  if (!worker_.joinable()) return;
  if (hot_->samples() >= kSealAtClose) freeze(1);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

void Engine::note_times() {
  for (const auto& segment : *shelf_->segments()) {
    for (const auto& place : segment->places()) {
      if (place.series >= registry_.size()) continue;
      auto& last = registry_.at(place.series).last_at;
      last = std::max(last, place.last);
    }
  }
}

std::filesystem::path Engine::wal_path(std::uint64_t number) const {
  return folder_ / (std::string(kWalPrefix) + std::to_string(number));
}

std::vector<std::uint64_t> Engine::wals() const {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const auto name = entry.path().filename().string();
    std::uint64_t number = 0;
    if (!name.starts_with(kWalPrefix)) continue;
    const auto* begin = name.data() + kWalPrefix.size();
    const auto [end, bad] = std::from_chars(begin, name.data() + name.size(), number);
    if (bad == std::errc{} && end == name.data() + name.size()) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// Logs before the manifest's first are in segments already; the others make up what is hot.
Done Engine::replay() {
  std::uint64_t last = shelf_->first_wal();
  for (const auto number : wals()) {
    if (number < shelf_->first_wal()) {
      std::error_code error;
      std::filesystem::remove(wal_path(number), error);
      continue;
    }
    last = std::max(last, number);
    auto file = File::open(wal_path(number), File::Mode::kWrite);
    if (!file) return std::unexpected(file.error());
    const auto bytes = file->read(0, static_cast<std::size_t>(file->size()));
    if (!bytes) return std::unexpected(bytes.error());
    const auto end = read_records(*bytes, [&](std::string_view record) {
      const auto samples = read_wal_record(record);
      if (!samples) return false;
      for (const auto& sample : *samples)
        if (sample.series >= registry_.size()) return false;
      apply(*samples);
      return true;
    });
    if (end < bytes->size()) {
      log::warning("{}: {} bytes of an unfinished write were dropped", wal_path(number).string(),
                   bytes->size() - end);
      if (auto done = file->truncate(end); !done) return done;
    }
  }
  return open_wal(last);
}

Done Engine::open_wal(std::uint64_t number) {
  auto file = File::open(wal_path(number), File::Mode::kWrite);
  if (!file) return std::unexpected(file.error());
  if (auto done = sync_folder(folder_); !done) return done;
  wal_ = std::move(*file);
  wal_number_ = number;
  return {};
}

bool Engine::is_full() const {
  const std::lock_guard lock(mutex_);
  return registry_.is_full();
}

void Engine::put(const SeriesId& series, std::span<const Sample> samples) {
  const std::lock_guard lock(mutex_);
  const auto before = registry_.size();
  const auto number = registry_.number_of(series);
  attach_from(before);
  for (const auto& sample : samples) pending_.push_back(hot_sample(number, sample));
  dirty_ = true;
}

std::vector<HotSample> Engine::number(std::string_view keys, std::span<const std::size_t> key_ends,
                                      std::span<const Sample> samples,
                                      std::span<const std::size_t> ends) {
  std::vector<HotSample> numbered;
  numbered.reserve(samples.size());
  const std::lock_guard lock(mutex_);
  const auto before = registry_.size();
  std::size_t key = 0, sample = 0;
  for (std::size_t i = 0; i < key_ends.size(); ++i) {
    const auto series = registry_.number_of_key(keys.substr(key, key_ends[i] - key));
    for (; sample < ends[i]; ++sample) numbered.push_back(hot_sample(series, samples[sample]));
    key = key_ends[i];
  }
  attach_from(before);
  return numbered;
}

void Engine::put(std::vector<HotSample>&& samples) {
  const std::lock_guard lock(mutex_);
  if (pending_.empty()) {
    pending_ = std::move(samples);
  } else {
    pending_.insert(pending_.end(), samples.begin(), samples.end());
  }
  dirty_ = true;
}

// `dirty_` stays set until the samples are on disk: a reply that waits for durability asks it.
std::expected<void, std::string> Engine::commit() {
  if (auto done = wait_for_room(); !done) {
    const std::lock_guard lock(mutex_);
    pending_.clear();
    dirty_ = false;
    return done;
  }
  std::vector<HotSample> samples;
  std::string new_series;
  std::size_t series_then = 0;
  {
    const std::lock_guard lock(mutex_);
    samples.swap(pending_);
    new_series = registry_.unsaved();
    series_then = registry_.size();
  }
  const auto done = write(samples, new_series, series_then);
  {
    const std::lock_guard lock(mutex_);
    // Whoever put something since waits behind this group in the store and is refused with it.
    if (!done) pending_.clear();
    if (done) apply(samples);
    dirty_ = !pending_.empty();
  }
  if (!done) {
    log::error("metric samples could not be written: {}", done.error());
    return done;
  }
  freeze(kHotSamples);
  return {};
}

Done Engine::write(const std::vector<HotSample>& samples, const std::string& new_series,
                   std::size_t series_then) {
  if (auto done = registry_.save(new_series, series_then); !done) return done;
  std::string records;
  for (std::size_t from = 0; from < samples.size(); from += kRecordSamples) {
    const auto to = std::min(samples.size(), from + kRecordSamples);
    append_record(records, wal_record({samples.begin() + static_cast<std::ptrdiff_t>(from),
                                       samples.begin() + static_cast<std::ptrdiff_t>(to)}));
  }
  if (records.empty()) return {};
  const auto before = wal_->size();
  if (auto done = wal_->append(records); !done) return done;
  auto done = wal_->sync();
  if (!done) (void)wal_->truncate(before);
  return done;
}

void Engine::apply(const std::vector<HotSample>& samples) {
  for (const auto& sample : samples) {
    hot_->add(sample);
    recent_.note(sample);
    changes_.note(sample.series, sample.at);
    auto& last = registry_.at(sample.series).last_at;
    last = std::max(last, sample.at);
  }
}

// When the worker cannot keep up, commits wait for it; when it cannot write, they are refused.
Done Engine::wait_for_room() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] {
    return !frozen_ || hot_->samples() < 2 * kHotSamples || !worker_error_.empty();
  });
  if (frozen_ && hot_->samples() >= 2 * kHotSamples) return std::unexpected(worker_error_);
  return {};
}

// Hands what is hot to the worker, with a new log for what comes next.
void Engine::freeze(std::size_t at_least) {
  {
    const std::lock_guard lock(mutex_);
    if (frozen_ || hot_->samples() < at_least) return;
  }
  if (auto done = open_wal(wal_number_ + 1); !done) {
    log::error("no new metrics log: {}", done.error());
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    frozen_ = std::move(hot_);
    hot_ = std::make_shared<Hot>();
    frozen_until_ = wal_number_;
  }
  wake_.notify_all();
}

void Engine::tick() {
  {
    const std::lock_guard lock(mutex_);
    tick_ = true;
  }
  wake_.notify_all();
}

Done Engine::settle(bool seal) {
  if (seal) freeze(1);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return (!frozen_ && !tick_ && !busy_) || !worker_error_.empty(); });
  return worker_error_.empty() ? Done{} : std::unexpected(worker_error_);
}

std::optional<std::int64_t> Engine::now_s() const {
  if (clock_ == nullptr) return std::nullopt;
  return to_ms(clock_->now()) / 1000;
}

void Engine::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || frozen_ || tick_; });
    if (!frozen_ && stopping_) return;
    tick_ = false;
    busy_ = true;
    const auto frozen = frozen_;
    const auto until = frozen_until_;
    lock.unlock();
    const auto done = work_once(frozen, until);
    lock.lock();
    busy_ = false;
    worker_error_ = done ? "" : done.error();
    if (!done) {
      log::error("metrics could not be sealed or merged: {}", done.error());
      if (stopping_) return;  // the log still has all of it
      tick_ = true;
      done_.notify_all();
      wake_.wait_for(lock, kRetryAfter, [&] { return stopping_; });
      continue;
    }
    done_.notify_all();
  }
}

Done Engine::work_once(std::shared_ptr<const Hot> frozen, std::uint64_t next_wal) {
  if (frozen) {
    if (auto done = shelf_->seal(*frozen, next_wal, [this] { frozen_.reset(); }); !done)
      return done;
    done_.notify_all();
    for (const auto number : wals()) {
      std::error_code error;
      if (number < next_wal) std::filesystem::remove(wal_path(number), error);
    }
  }
  if (auto done = shelf_->merge_alike(); !done) return done;
  const auto now = now_s();
  return now ? shelf_->roll_up(*now) : Done{};
}

// The bytes of a segment were checked when it was opened, each block is when it is read: what fails
// then is a broken disk, which must not look like an absence of data.
void Engine::collect_sealed(const Segment& segment, SeriesNumber series, std::uint32_t from,
                            std::uint32_t to, std::vector<Bucket>& out) {
  const auto* place = segment.find(series);
  if (place == nullptr || place->last < from) return;
  const auto block = cache_.get(segment, place->block);
  auto buckets =
      block ? read_series(std::string_view(**block).substr(place->at, place->size), from, to)
            : std::nullopt;
  if (!buckets) {
    fail_corrupt((folder_ / segment.name().file()).string(),
                 block ? "a series cannot be read" : block.error());
  }
  std::move(buckets->begin(), buckets->end(), std::back_inserter(out));
}

void Engine::collect(SeriesNumber series, std::uint32_t from, std::uint32_t to, int period_s,
                     std::vector<Bucket>& out) {
  std::shared_ptr<const Segments> segments;
  {
    const std::lock_guard lock(mutex_);
    for (const bool fine : {true, false}) {
      if (!fine && period_s % 60 != 0) continue;
      if (frozen_) frozen_->collect(series, fine, from, to, out);
      hot_->collect(series, fine, from, to, out);
    }
    segments = shelf_->segments();
  }
  for (const auto& segment : *segments)
    if (may_hold(*segment, from, to, period_s)) collect_sealed(*segment, series, from, to, out);
}

std::vector<SeriesNumber> Engine::numbers_of(const SeriesId& series) const {
  if (series.unit.empty()) return registry_.find_units(series);
  const auto one = registry_.find(series);
  return one ? std::vector{*one} : std::vector<SeriesNumber>{};
}

std::uint32_t Engine::oldest_shown(std::uint32_t begin, int period_s) const {
  const auto now = now_s();
  if (!now) return begin;
  const auto oldest = std::max<std::int64_t>(0, *now - shown_s(period_s));
  return std::max(begin, static_cast<std::uint32_t>(oldest));
}

void Engine::gather_sealed(const Segment& segment, SeriesNumber series, std::uint32_t from,
                           std::uint32_t to, TotalsGatherer& gatherer) {
  const auto* place = segment.find(series);
  if (place == nullptr || place->last < from) return;
  const auto block = cache_.get(segment, place->block);
  const auto path = (folder_ / segment.name().file()).string();
  if (!block) fail_corrupt(path, block.error());
  if (!visit_series(std::string_view(**block).substr(place->at, place->size), from, to,
                    [&](const Totals& totals) { gatherer.add(totals); }))
    fail_corrupt(path, "a series cannot be read");
}

// What is sealed is older than what is hot: so it comes first, but is looked at later, unlocked.
void Engine::gather(SeriesNumber series, std::uint32_t from, std::uint32_t to, int period_s,
                    TotalsGatherer& gatherer) {
  std::shared_ptr<const Segments> segments;
  std::vector<Totals> hot;
  {
    const std::lock_guard lock(mutex_);
    const auto add = [&](const Totals& totals) { hot.push_back(totals); };
    for (const bool fine : {true, false}) {
      if (!fine && period_s % 60 != 0) continue;
      if (frozen_) frozen_->visit(series, fine, from, to, add);
      hot_->visit(series, fine, from, to, add);
    }
    segments = shelf_->segments();
  }
  for (const auto& segment : *segments)
    if (may_hold(*segment, from, to, period_s)) gather_sealed(*segment, series, from, to, gatherer);
  for (const auto& totals : hot) gatherer.add(totals);
}

std::vector<Totals> Engine::read_totals(const SeriesId& series, Time start, Time end,
                                        int period_s) {
  const auto begin = second_of(start), to = second_of(end);
  const auto from = oldest_shown(begin, period_s);
  std::vector<SeriesNumber> numbers;
  {
    const std::lock_guard lock(mutex_);
    numbers = numbers_of(series);
  }
  TotalsGatherer gatherer(begin, period_s);
  for (const auto number : numbers) gather(number, from, to, period_s, gatherer);
  return gatherer.take();
}

std::vector<Aggregate> Engine::read(const SeriesId& series, Time start, Time end, int period_s,
                                    bool with_values) {
  const auto begin = second_of(start), to = second_of(end);
  const auto from = oldest_shown(begin, period_s);
  std::vector<std::pair<SeriesNumber, std::string>> numbers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto number : numbers_of(series))
      numbers.emplace_back(number, registry_.at(number).id.unit);
  }
  std::vector<Aggregate> results;
  for (const auto& [number, unit] : numbers) {
    std::vector<Bucket> buckets;
    collect(number, from, to, period_s, buckets);
    auto of_unit = aggregates(std::move(buckets), begin, period_s, unit, with_values);
    std::move(of_unit.begin(), of_unit.end(), std::back_inserter(results));
  }
  std::stable_sort(results.begin(), results.end(),
                   [](const Aggregate& a, const Aggregate& b) { return a.start < b.start; });
  return results;
}

// A watch waits for series by their name: with the unit, or of every unit.
void Engine::attach_from(std::size_t first_new) {
  if (recent_.empty()) return;
  std::string name;
  for (auto i = first_new; i < registry_.size(); ++i) {
    const auto number = static_cast<SeriesNumber>(i);
    SeriesId id = registry_.at(number).id;
    for (const bool any_unit : {false, true}) {
      if (any_unit) id.unit.clear();
      Registry::key_of(id, name);
      if (const auto* watches = recent_.named(name))
        for (const auto watch : *watches) recent_.attach(number, watch);
    }
  }
}

Watch Engine::watch(const SeriesId& series, int minutes) {
  std::string name;
  Registry::key_of(series, name);
  const std::lock_guard lock(mutex_);
  const auto watch = recent_.add(minutes, std::move(name));
  if (watch == 0) return 0;
  for (const auto number : numbers_of(series)) recent_.attach(number, watch);
  return watch;
}

void Engine::unwatch(Watch watch) {
  const std::lock_guard lock(mutex_);
  if (watch != 0) recent_.remove(watch);
}

void Engine::refill(Watch watch, std::uint32_t start) {
  std::shared_ptr<const Segments> segments;
  std::vector<SeriesNumber> numbers;
  {
    const std::lock_guard lock(mutex_);
    recent_.restart(watch, start);
    numbers = recent_.series_of(watch);
    const auto add = [&](const Totals& totals) { recent_.fill(watch, totals); };
    for (const auto number : numbers) {
      for (const bool fine : {true, false}) {
        if (frozen_) frozen_->visit(number, fine, start, UINT32_MAX, add);
        hot_->visit(number, fine, start, UINT32_MAX, add);
      }
    }
    segments = shelf_->segments();
  }
  TotalsGatherer sealed(start, 60);
  for (const auto& segment : *segments) {
    if (!may_hold(*segment, start, UINT32_MAX, 60)) continue;
    for (const auto number : numbers) gather_sealed(*segment, number, start, UINT32_MAX, sealed);
  }
  const auto minutes = sealed.take();
  const std::lock_guard lock(mutex_);
  for (const auto& minute : minutes) recent_.fill(watch, minute);
}

void Engine::read_watched(std::span<const Watch> watches, Time start, int period_s,
                          std::size_t count, std::vector<Totals>& periods) {
  const auto from = second_of(start);
  periods.assign(watches.size() * count, Totals{});
  const auto read = [&](std::size_t i, bool just_filled) {
    return recent_.read(watches[i], from, period_s / 60,
                        std::span(periods).subspan(i * count, count), just_filled);
  };
  std::vector<std::size_t> unsure;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < watches.size(); ++i)
      if (watches[i] != 0 && !read(i, false)) unsure.push_back(i);
  }
  for (const auto i : unsure) {
    bool sure = false;
    for (int tries = 0; !sure && tries < kMaxRefills; ++tries) {
      refill(watches[i], from);
      const std::lock_guard lock(mutex_);
      sure = read(i, true);
    }
    if (!sure) read_apart(watches[i], from, period_s, std::span(periods).subspan(i * count, count));
  }
}

// Samples far ahead move a ring on while it is filled.
void Engine::read_apart(Watch watch, std::uint32_t from, int period_s, std::span<Totals> periods) {
  std::vector<SeriesNumber> numbers;
  {
    const std::lock_guard lock(mutex_);
    numbers = recent_.series_of(watch);
  }
  const auto to = from + static_cast<std::uint32_t>(period_s * static_cast<int>(periods.size()));
  TotalsGatherer gatherer(from, period_s);
  for (const auto number : numbers) gather(number, from, to, period_s, gatherer);
  for (auto& period : periods) period = {};
  for (const auto& found : gatherer.take())
    periods[(found.at - from) / static_cast<std::uint32_t>(period_s)] = found;
}

std::vector<MetricName> Engine::list(const ListQuery& query) {
  std::vector<MetricName> names;
  const auto since = second_of(query.since);
  {
    const std::lock_guard lock(mutex_);
    for (const auto number : registry_.find_space(query.region, query.name_space)) {
      const auto& [id, last_at] = registry_.at(number);
      if (last_at == 0 || last_at < since) continue;
      if (!query.name.empty() && id.name != query.name) continue;
      if (has_dimensions(query, id.dimensions) && (!query.also || query.also(id)))
        names.push_back({id.name_space, id.name, id.dimensions});
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace seatrial::metrics

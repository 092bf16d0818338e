// The metrics engine: samples put durably, read as aggregates of any period.
//
// Problem: half a million samples a second have to be durable when they are answered, small at
// rest, mergeable when late, and rolled up exactly. Choice: a log-structured store of buckets
// (bucket.h): samples go to a write-ahead log (wal.h), synced once per group by the store's
// committer thread, and from there into memory (hot.h); a worker thread seals what has gathered
// into compressed segments (segment.h), merges those, and rolls them up as they age (shelf.h,
// tiers.h). A reader merges what all of these hold. Rejected: SQLite (87 MB/s of batches at best,
// and 30 bytes a sample).
//
// Identity of a series: region, namespace, name, exact set of dimensions, unit (registry.h).
// Full disk: commit() fails, the samples of the group are nowhere, and what was there stays.
#pragma once
#include <atomic>
#include <condition_variable>
#include <span>
#include <thread>

#include "base/clock.h"
#include "metrics/block_cache.h"
#include "metrics/changes.h"
#include "metrics/recent.h"
#include "metrics/shelf.h"
#include "metrics/types.h"
#include "store/store.h"

namespace seatrial::metrics {

// Samples in memory before a segment is made of them; at most three times as many at once.
inline constexpr std::size_t kHotSamples = 1'000'000;

struct Sample {  // a value, `count` copies of one, or a statistic set
  double count = 1, sum = 0, min = 0, max = 0;
  Time at{};
  int resolution_s = 60;  // 60 or 1

  static Sample of(double value, Time at) { return {1, value, value, value, at, 60}; }
};

struct ListQuery {
  std::string region;
  std::string name_space, name;                                                // empty: any
  std::vector<std::pair<std::string, std::optional<std::string>>> dimensions;  // each must be there
  Time since{};                                         // only metrics with samples at or after
  std::function<bool(const SeriesId&)> also = nullptr;  // asked last
};

struct ChangedMinute {
  SeriesId series;
  Totals totals;
};

class Engine final : public store::Participant {
 public:
  // `folder` is created. Without a clock nothing grows old: for tests of what does not concern age.
  static std::expected<std::unique_ptr<Engine>, std::string> open(
      const std::filesystem::path& folder, const Clock* clock = nullptr);
  ~Engine() override;

  // Any thread. Dimensions in any order.
  void put(const SeriesId& series, Sample sample) { put(series, std::span(&sample, 1)); }
  void put(const SeriesId& series, std::span<const Sample> samples);
  // In two steps, for many: numbered on any thread, put on the control thread. `keys` are registry
  // keys one behind the other, `key_ends` where each ends, `ends` where each one's samples end.
  std::vector<HotSample> number(std::string_view keys, std::span<const std::size_t> key_ends,
                                std::span<const Sample> samples, std::span<const std::size_t> ends);
  void put(std::vector<HotSample>&& samples);
  bool is_full() const;  // kMaxSeries: new series must be refused

  // Control thread. Periods are counted from `start`; window [start, end). An empty unit reads all
  // units, one aggregate per period and unit, periods ascending. Data of an age that CloudWatch
  // shows at a longer period only are left out.
  std::vector<Aggregate> read(const SeriesId& series, Time start, Time end, int period_s,
                              bool with_values = false);
  // The same with all units together, without values: for simple statistics.
  std::vector<Totals> read_totals(const SeriesId& series, Time start, Time end, int period_s);
  // A metric whose last `minutes` will be asked for again and again; 0: too long, or too many of
  // them (recent.h). Control thread, as all of these.
  Watch watch(const SeriesId& series, int minutes);
  void unwatch(Watch watch);
  // Of each watch `count` periods of whole minutes from a full minute on, one behind the other, as
  // read_totals gives them; periods without samples have no count. A watch of 0 is passed over.
  void read_watched(std::span<const Watch> watches, Time start, int period_s, std::size_t count,
                    std::vector<Totals>& periods);
  std::vector<MetricName> list(const ListQuery& query);  // sorted by namespace, name, dimensions

  // For metric streams: which minutes got samples, by series and unit, from now on. Those that were
  // over by then, with all they hold; and what a region's series hold within [start, end).
  void keep_changes(bool wanted);
  bool keeps_changes() const;
  std::vector<ChangedMinute> take_changes(Time before);
  std::vector<ChangedMinute> minutes_of(const std::string& region, Time start, Time end);

  bool dirty() const override { return dirty_; }
  std::expected<void, std::string> commit() override;

  void tick();             // any thread: rolls up what has grown old, in the background
  Done settle(bool seal);  // waits for the background; with `seal`, after sealing all that is hot

 private:
  Engine(std::filesystem::path folder, const Clock* clock, Registry registry);
  Done replay();
  Done open_wal(std::uint64_t number);
  std::filesystem::path wal_path(std::uint64_t number) const;
  std::vector<std::uint64_t> wals() const;  // numbers, ascending
  void note_times();

  Done write(const std::vector<HotSample>& samples, const std::string& new_series,
             std::size_t series_then);
  void apply(const std::vector<HotSample>& samples);  // locked
  Done wait_for_room();
  void freeze(std::size_t at_least);

  void work();
  Done work_once(std::shared_ptr<const Hot> frozen, std::uint64_t next_wal);
  std::optional<std::int64_t> now_s() const;

  void collect(SeriesNumber series, std::uint32_t from, std::uint32_t to, int period_s,
               std::vector<Bucket>& out);
  void collect_sealed(const Segment& segment, SeriesNumber series, std::uint32_t from,
                      std::uint32_t to, std::vector<Bucket>& out);
  // The series of the metric, in every unit where it names none; locked.
  std::vector<SeriesNumber> numbers_of(const SeriesId& series) const;
  void attach_from(std::size_t first_new);  // series registered since, to watches; locked
  void add_minutes(SeriesNumber series, std::uint32_t from, std::uint32_t to,
                   std::vector<ChangedMinute>& out);
  void refill(Watch watch, std::uint32_t start);
  void read_apart(Watch watch, std::uint32_t from, int period_s, std::span<Totals> periods);
  std::uint32_t oldest_shown(std::uint32_t begin, int period_s) const;
  void gather(SeriesNumber series, std::uint32_t from, std::uint32_t to, int period_s,
              TotalsGatherer& gatherer);
  void gather_sealed(const Segment& segment, SeriesNumber series, std::uint32_t from,
                     std::uint32_t to, TotalsGatherer& gatherer);

  const std::filesystem::path folder_;
  const Clock* const clock_;

  mutable std::mutex mutex_;
  Registry registry_;
  std::vector<HotSample> pending_;
  Recent recent_;
  Changes changes_;
  std::shared_ptr<Hot> hot_ = std::make_shared<Hot>();
  std::shared_ptr<const Hot> frozen_;  // being sealed
  std::uint64_t frozen_until_ = 0;     // the first log that is not in frozen_
  std::string worker_error_;           // of its last try
  bool busy_ = false, tick_ = true, stopping_ = false;
  std::condition_variable wake_, done_;
  std::atomic<bool> dirty_ = false;

  std::unique_ptr<Shelf> shelf_;
  BlockCache cache_;
  std::optional<File> wal_;  // committer thread
  std::uint64_t wal_number_ = 0;
  std::thread worker_;
};

}  // namespace seatrial::metrics

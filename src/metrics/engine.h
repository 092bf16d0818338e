// Metric samples: put durably, read as the five statistics per period.
//
// A simple store that the engine of a later stage replaces behind this interface: one SQLite file
// of buckets {n, sum, min, max} per series and second or minute. Aggregates over any longer period
// follow exactly from buckets; percentiles do not, so they are refused above this layer.
// Identity of a series: region, namespace, name, exact set of dimensions, unit.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "metrics/types.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace seatrial::metrics {

struct Sample {  // a value, or a statistic set
  double count = 1, sum = 0, min = 0, max = 0;
  Time at{};
  int resolution_s = 60;  // 60 or 1

  static Sample of(double value, Time at) { return {1, value, value, value, at, 60}; }
};

struct ListQuery {
  std::string region;
  std::string name_space, name;                                                // empty: any
  std::vector<std::pair<std::string, std::optional<std::string>>> dimensions;  // each must be there
  Time since{};  // only metrics with samples at or after
};

class Engine final : public store::Participant {
 public:
  static std::expected<std::unique_ptr<Engine>, std::string> open(
      const std::filesystem::path& file);

  void put(const SeriesId& series, Sample sample);  // any thread; dimensions in any order

  // Control thread. Periods are counted from `start`; window [start, end). An empty unit reads all
  // units, one aggregate per period and unit, periods ascending.
  std::vector<Aggregate> read(const SeriesId& series, Time start, Time end, int period_s,
                              bool with_values = false);
  std::vector<MetricName> list(const ListQuery& query);  // sorted by namespace, name, dimensions
  bool has_high_resolution(const SeriesId& series, Time start, Time end);
  void drop_before(Time oldest_kept);

  bool dirty() const override { return dirty_; }
  std::expected<void, std::string> commit() override;

 private:
  struct Pending {
    SeriesId series;
    Sample sample;
  };

  Engine(store::Database writer, store::Database reader);
  std::expected<void, std::string> write(const std::vector<Pending>& pending,
                                         std::optional<Time> drop);
  std::expected<void, std::string> insert(const Pending& pending);

  store::Database writer_, reader_;
  std::mutex mutex_;
  std::vector<Pending> pending_;
  std::optional<Time> drop_before_;
  std::atomic<bool> dirty_ = false;
};

}  // namespace seatrial::metrics

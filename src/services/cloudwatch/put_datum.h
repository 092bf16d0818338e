// What the direct readers of PutMetricData (put_direct.h) have in common: one datum as it is read,
// its checks, and the samples it becomes. A false is never explained: see there.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/engine.h"
#include "services/cloudwatch/limits.h"

namespace seatrial::services::cloudwatch {

inline constexpr std::size_t kMaxDirectBytes = 4u << 20;  // inflated; a parser keeps more than that

// Of one thread, from call to call, so that nothing is allocated.
struct PutBuffers {
  std::string keys;
  std::vector<std::size_t> ends, sample_ends;
  std::vector<metrics::Sample> samples;

  void clear();
  std::vector<metrics::HotSample> number(metrics::Engine& engine) const {
    return engine.number(keys, ends, samples, sample_ends);
  }
};

// The names of one datum, in the order a registry key has them.
struct PutNames {
  std::string_view metric, unit = "None";
  std::array<std::pair<std::string_view, std::string_view>, kMaxDimensions> dimensions;
  std::size_t count = 0;
};

struct PutDatum {
  PutNames names;
  std::vector<double> values, counts;
  std::optional<double> value, timestamp_s;
  std::optional<std::array<double, 4>> set;  // count, sum, minimum, maximum
  std::int64_t resolution = 60;

  void clear() {
    names.metric = {};
    names.unit = "None";
    names.count = 0;
    values.clear();
    counts.clear();
    value.reset();
    timestamp_s.reset();
    set.reset();
    resolution = 60;
  }
};

struct StatisticSet {
  std::array<std::optional<double>, 4> found;  // count, sum, minimum, maximum
  bool take(std::string_view name, double number);
};

class PutTaker {
 public:
  PutTaker(std::string_view region, Time now, PutBuffers& to)
      : now_(now), prefix_(region), to_(to) {
    to.clear();
  }

 protected:
  bool begin(std::string_view name_space);  // once, before the data
  bool has_begun() const { return begun_; }
  std::size_t datums() const { return to_.ends.size(); }

  bool add_dimension(std::string_view name, std::string_view value);
  bool sort_dimensions();
  bool take_set(const StatisticSet& set);
  bool finish_datum();

  PutDatum datum_;

 private:
  bool add_samples(Time at);
  void add_key();

  Time now_;
  std::string prefix_;  // region, then namespace
  bool begun_ = false;
  PutBuffers& to_;
};

}  // namespace seatrial::services::cloudwatch

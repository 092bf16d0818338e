// Questions to metrics as GetMetricData and alarms ask them: statistics of series, expressions over
// them (metric math, SEARCH) and Metrics Insights' queries (SELECT), answered together.
#pragma once
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/engine.h"

namespace seatrial::metrics {

inline constexpr int kExpressionPeriod_s = 300;  // of a SEARCH or SELECT that nothing gives one

struct DataQuery {
  struct Stat {
    SeriesId series;        // an empty unit reads all units
    int period_s = 60;      // 1, 5, 10, 20, 30 or a multiple of 60
    std::string statistic;  // "Average", "p99", "TM(10%:90%)"
  };
  std::string id;            // [a-z][A-Za-z0-9_]*
  std::optional<Stat> stat;  // this, or
  std::string expression;
  int period_s = 0;  // of an expression that needs one (SEARCH without one of its own); 0: none
  std::string label;
  bool return_data = true;
};

struct DataPoint {
  Time at{};  // the period's start
  double value = 0;
  double sample_count = 0;  // of a statistic; 0 for expressions
};

struct DataResult {  // one time series; a query may give several
  std::string id, label;
  int period_s = 60;
  std::vector<DataPoint> points;  // oldest first
  Dimensions group;               // of a SELECT with GROUP BY: its labels and their values
};

struct DataProblem {  // a question that is refused
  std::string id;     // of the query, empty when it is about all
  std::string message;
};

// What cut an answer short; each is a message of GetMetricData.
struct RunNotices {
  bool metrics = false;           // a SEARCH found more than kMaxArray
  bool time_range = false;        // a SELECT reaches back further than it can
  bool matching_results = false;  // a SELECT matches more than kMaxSelectMetrics
  bool query_results = false;     // a SELECT has more than kMaxSelected groups
};

// What SERVICE_QUOTA asks for.
class Quotas {
 public:
  virtual ~Quotas() = default;
  // Of what a metric of AWS/Usage counts; nothing when it is held to none.
  virtual std::optional<double> quota_of(const SeriesId& metric) const = 0;
};

struct RunOptions {
  int label_offset_min = 0;  // of times in labels, from UTC
  std::string account;       // for labels
  RunNotices* notices = nullptr;
  bool from_start = false;         // periods begin at `start` to the minute, not on a grid: alarms
  Time select_since = from_ms(0);  // what a SELECT looks at begins here
  const Quotas* quotas = nullptr;  // null: there are none
};

// Control thread. The window is [start, end), its start floored to each query's period; results
// only of queries with return_data, in the order of the queries. Refused whole when any query is
// malformed or refers to what is not there. Without a unit, the units of a metric count together.
std::expected<std::vector<DataResult>, DataProblem> run_queries(Engine& engine,
                                                                const std::string& region,
                                                                std::span<const DataQuery> queries,
                                                                Time start, Time end,
                                                                const RunOptions& options = {});

// Checks what needs no data: ids, statistics, periods, the expressions' syntax, what they refer to.
std::optional<DataProblem> check_queries(std::span<const DataQuery> queries);

// Whether CloudWatch has this period: 1, 5, 10, 20, 30 or a multiple of 60 seconds.
bool is_period(int seconds);

}  // namespace seatrial::metrics

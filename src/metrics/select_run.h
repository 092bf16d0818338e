// Metrics Insights' queries (math/select.h) carried out over the engine.
//
// Source: "Metrics Insights quotas" of the user guide: 10,000 metrics are looked at, 500 series
// returned, nothing finer than a minute.
#pragma once
#include "metrics/data_query.h"
#include "metrics/math/select.h"
#include "metrics/math/value.h"

namespace seatrial::metrics {

struct SelectFrame {
  const std::string& region;
  const std::string& account;
  Time start{}, end{};  // [start, end), start where the first period begins
  int period_s = 60;    // at least a minute
};

// One series for each group that has data, in the query's order, else by the groups' labels;
// without GROUP BY exactly one. Control thread.
math::Array run_select(Engine& engine, const math::Select& select, const SelectFrame& frame,
                       RunNotices* notices);

}  // namespace seatrial::metrics

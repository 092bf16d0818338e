#include "decide/alarm/schedule.h"

namespace seatrial::decide {

int evaluation_interval_s(int period_s, int evaluation_periods) {
  if (period_s < kMinute_s) return kHighResolutionTick_s;
  return std::int64_t{period_s} * evaluation_periods > kDay_s ? kHour_s : kMinute_s;
}

EvaluationWindow evaluation_window(Time now, int period_s, int evaluation_periods) {
  const std::int64_t step = 1000LL * (period_s < kMinute_s ? kHighResolutionTick_s : kMinute_s);
  const Time end = from_ms(to_ms(now) - to_ms(now) % step);
  const int periods = evaluation_range(evaluation_periods);
  return {end - std::chrono::seconds(std::int64_t{period_s} * periods), end, periods};
}

}  // namespace seatrial::decide

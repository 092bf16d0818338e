// The band of values a metric is expected to have, from up to two weeks of its past.
//
// CloudWatch trains a model it does not publish. Ours is plain: mean and standard deviation of the
// same hour of the day where there are three days or more, else of all there is; the band is the
// mean plus and minus so many deviations.
#pragma once
#include "metrics/math/value.h"

namespace seatrial::metrics {

inline constexpr std::int64_t kTraining_s = 14 * 86'400;

// Upper and lower bound at every period of the window, in this order; without points when there
// is no history. `history` may reach into the window: that part is used only when the past before
// it is too short to say anything.
math::Array anomaly_band(const math::Series& metric, const math::Series& history,
                         const math::Window& window, double deviations);

}  // namespace seatrial::metrics

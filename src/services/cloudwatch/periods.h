// What GetMetricStatistics and GetMetricData share: how a start time is rounded, and what is wrong
// with a period.
//
// Sources: API_GetMetricStatistics, API_GetMetricData. Start times round down to a minute; to five
// for data of over 15 days, to an hour over 63 days; to the period when it is shorter than a
// minute.
#pragma once
#include "base/time.h"
#include "model/aws_error.h"

namespace seatrial::services::cloudwatch {

Time floor_start(Time start, Time now, int period_s);
model::Outcome<void> check_period(int period_s);

}  // namespace seatrial::services::cloudwatch

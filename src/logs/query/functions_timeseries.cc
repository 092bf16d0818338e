// Source: CWL_QuerySyntax-timeseries-functions, which has two spellings of two names.
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kTimeseriesTable[] = {
    {"rate", Family::kTimeSeries, 1, 2, {kNumber, kPeriod}},
    {"count_over_time", Family::kTimeSeries, 0, 1, {kCounted}},
    {"countOverTime", Family::kTimeSeries, 0, 1, {kCounted}},
    {"sum_over_time", Family::kTimeSeries, 1, 1, {kNumber}},
    {"sumOverTime", Family::kTimeSeries, 1, 1, {kNumber}},
    // Seen in use behind `by`, the second argument the width of a range; the guide says: how many.
    {"histogram", Family::kTimeSeries, 2, 2, {kNumber, kNumber}, false, true},
};

}  // namespace

const std::span<const Function> kTimeSeriesFunctions = kTimeseriesTable;

}  // namespace seatrial::logs::query

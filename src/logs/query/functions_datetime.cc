// Source: CWL_QuerySyntax-operations-functions, "Datetime functions".
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kDatetimeTable[] = {
    {"bin", Family::kDatetime, 1, 1, {kPeriod}},
    {"datefloor", Family::kDatetime, 2, 2, {kTimestamp, kPeriod}},
    {"dateceil", Family::kDatetime, 2, 2, {kTimestamp, kPeriod}},
    {"fromMillis", Family::kDatetime, 1, 1, {kNumber}},
    {"toMillis", Family::kDatetime, 1, 1, {kTimestamp}},
    {"now", Family::kDatetime, 0, 0, {kAny}},
    {"parseDate", Family::kDatetime, 2, 3, {kString, kString, kString}},
    {"formatDate", Family::kDatetime, 2, 3, {kTimestamp, kString, kString}},
    {"strftime", Family::kDatetime, 2, 3, {kTimestamp, kString, kString}},
};

}  // namespace

const std::span<const Function> kDatetimeFunctions = kDatetimeTable;

}  // namespace seatrial::logs::query

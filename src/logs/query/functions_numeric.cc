// Source: CWL_QuerySyntax-operations-functions, "Numeric operators".
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kNumericTable[] = {
    {"abs", Family::kNumeric, 1, 1, {kNumber}},
    {"ceil", Family::kNumeric, 1, 1, {kNumber}},
    {"floor", Family::kNumeric, 1, 1, {kNumber}},
    {"greatest", Family::kNumeric, 1, kAnyNumber, {kNumber, kNumber, kNumber}},
    {"least", Family::kNumeric, 1, kAnyNumber, {kNumber, kNumber, kNumber}},
    {"log", Family::kNumeric, 1, 1, {kNumber}},
    {"round", Family::kNumeric, 1, 2, {kNumber, kNumber}},
    {"sqrt", Family::kNumeric, 1, 1, {kNumber}},
    {"haversine", Family::kNumeric, 4, 4, {kNumber, kNumber, kNumber}},
};

}  // namespace

const std::span<const Function> kNumericFunctions = kNumericTable;

}  // namespace seatrial::logs::query

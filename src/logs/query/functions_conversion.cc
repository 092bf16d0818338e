// Conversions, from a list of third parties (guess): AWS's guide does not have them.
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kTable[] = {
    {"toNumber", Family::kConversion, 1, 2, {kAny, kAny}, true},
    {"toInt", Family::kConversion, 1, 2, {kAny, kAny}, true},
    {"toLong", Family::kConversion, 1, 2, {kAny, kAny}, true},
    {"toDouble", Family::kConversion, 1, 2, {kAny, kAny}, true},
    {"toString", Family::kConversion, 1, 2, {kAny, kAny}, true},
};

}  // namespace

const std::span<const Function> kConversionFunctions = kTable;

}  // namespace seatrial::logs::query

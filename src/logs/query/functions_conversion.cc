// Source: CWL_QuerySyntax-operations-functions, "Numeric operators"; toString from a list of third
// parties (guess).
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kConversionTable[] = {
    {"toNumber", Family::kConversion, 1, 1, {kAny}},
    {"toInt", Family::kConversion, 1, 1, {kAny}},
    {"toLong", Family::kConversion, 1, 1, {kAny}},
    {"toDouble", Family::kConversion, 1, 1, {kAny}},
    {"toString", Family::kConversion, 1, 1, {kAny}, true},
};

}  // namespace

const std::span<const Function> kConversionFunctions = kConversionTable;

}  // namespace seatrial::logs::query

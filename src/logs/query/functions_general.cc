// Source: CWL_QuerySyntax-operations-functions, "General functions"; CWL_QuerySyntax-Unmask.
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kGeneralTable[] = {
    {"ispresent", Family::kGeneral, 1, 1, {kField}},
    {"coalesce", Family::kGeneral, 1, kAnyNumber, {kAny, kAny, kAny}},
    {"if", Family::kGeneral, 3, 3, {kCondition, kAny, kAny}},
    {"case", Family::kGeneral, 2, 21, {kCondition, kAny, kAny}},  // ten branches and a default
    {"isNumeric", Family::kGeneral, 1, 1, {kField}},
    {"messageSize", Family::kGeneral, 1, 1, {kField}},
    {"queryStartTime", Family::kGeneral, 0, 0, {kAny}},
    {"queryEndTime", Family::kGeneral, 0, 0, {kAny}},
    {"queryTimeRange", Family::kGeneral, 0, 0, {kAny}},
    {"unmask", Family::kGeneral, 1, 1, {kField}},
};

}  // namespace

const std::span<const Function> kGeneralFunctions = kGeneralTable;

}  // namespace seatrial::logs::query

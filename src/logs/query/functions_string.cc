// Source: CWL_QuerySyntax-operations-functions, "String functions"; split from a list of third
// parties (guess).
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kTable[] = {
    {"isempty", Family::kString, 1, 1, {kString}},
    {"isblank", Family::kString, 1, 1, {kString}},
    {"concat", Family::kString, 1, kAnyNumber, {kString, kString, kString}},
    {"ltrim", Family::kString, 1, 2, {kString, kString}},
    {"rtrim", Family::kString, 1, 2, {kString, kString}},
    {"trim", Family::kString, 1, 2, {kString, kString}},
    {"strlen", Family::kString, 1, 1, {kString}},
    {"toupper", Family::kString, 1, 1, {kString}},
    {"tolower", Family::kString, 1, 1, {kString}},
    {"substr", Family::kString, 2, 3, {kString, kNumber, kNumber}},
    {"replace", Family::kString, 3, 3, {kString, kString, kString}},
    {"strcontains", Family::kString, 2, 2, {kString, kString}},
    {"split", Family::kString, 1, 3, {kString, kString, kAny}, true},
};

}  // namespace

const std::span<const Function> kStringFunctions = kTable;

}  // namespace seatrial::logs::query

// Source: CWL_QuerySyntax-operations-functions, "String functions"; regex_replace seen in use
// (guess).
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kStringTable[] = {
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
    {"regexReplace", Family::kString, 3, 3, {kString, kString, kString}},
    {"regex_replace", Family::kString, 3, 3, {kString, kString, kString}, true},
    {"strcontains", Family::kString, 2, 3, {kString, kString, kCondition}},
    {"startsWith", Family::kString, 2, 2, {kString, kString}},
    {"endsWith", Family::kString, 2, 2, {kString, kString}},
    {"urlencode", Family::kString, 1, 1, {kString}},
    {"urldecode", Family::kString, 1, 1, {kString}},
    {"base64encode", Family::kString, 1, 1, {kString}},
    {"base64decode", Family::kString, 1, 1, {kString}},
    {"split", Family::kString, 2, 2, {kString, kString}},
    {"hexToAscii", Family::kString, 1, 1, {kString}},
    {"hexToDec", Family::kString, 1, 1, {kString}},
    {"decToHex", Family::kString, 1, 1, {kNumber}},
};

}  // namespace

const std::span<const Function> kStringFunctions = kStringTable;

}  // namespace seatrial::logs::query

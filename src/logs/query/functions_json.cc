// Source: CWL_QuerySyntax-operations-functions, "JSON functions" and "Structure types".
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kJsonTable[] = {
    {"jsonParse", Family::kJson, 1, 1, {kString}},
    {"jsonStringify", Family::kJson, 1, 1, {kAny}},
    {"jsonArraySize", Family::kJson, 1, 1, {kField}},
    {"jsonArrayContains", Family::kJson, 2, 2, {kField, kString}},
};

}  // namespace

const std::span<const Function> kJsonFunctions = kJsonTable;

}  // namespace seatrial::logs::query

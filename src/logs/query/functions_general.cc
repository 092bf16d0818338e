// Source: CWL_QuerySyntax-operations-functions, "General functions"; CWL_QuerySyntax-Unmask; if
// from queries seen in use (guess on its arity).
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kTable[] = {
    {"ispresent", Family::kGeneral, 1, 1, {kField}},
    {"coalesce", Family::kGeneral, 1, kAnyNumber, {kAny, kAny, kAny}},
    {"if", Family::kGeneral, 2, 3, {kCondition, kAny, kAny}, true},
    {"unmask", Family::kGeneral, 1, 1, {kField}},
};

}  // namespace

const std::span<const Function> kGeneralFunctions = kTable;

}  // namespace seatrial::logs::query

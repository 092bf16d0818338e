// Source: CWL_QuerySyntax-hash-functions.
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kHashTable[] = {
    {"md5", Family::kHash, 1, 1, {kString}},
    {"sha256", Family::kHash, 1, 1, {kString}},
};

}  // namespace

const std::span<const Function> kHashFunctions = kHashTable;

}  // namespace seatrial::logs::query

// SOURCE of a query: which of a region's log groups it means.
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "logs/query/ast.h"
#include "room/room.h"
#include "services/logs/store.h"
#include "store/table.h"

namespace seatrial::services::logs {

// Keys of groups; else what is wrong with it, or not served.
std::expected<std::vector<std::string>, std::string> groups_of_source(
    const seatrial::logs::query::Source& source, const room::Context& context,
    const store::Table<GroupRecord>& groups);

}  // namespace seatrial::services::logs

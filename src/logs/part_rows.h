// The wanted events of one part, as rows.
#pragma once
#include "logs/view.h"

namespace seatrial::logs {

// Which events of a chunk, in its order, hold all the needles; there is at least one needle.
std::vector<std::uint32_t> events_with(const Chunk& chunk,
                                       const std::vector<std::string>& needles);
bool holds_all(std::string_view message, const std::vector<std::string>& needles);

// Views of the chunk, which is the part's. What holds not all needles is left out.
std::vector<EventView> rows_of(const GroupView& view, const Part& part, const Chunk& chunk,
                               const std::vector<std::string>& needles);

}  // namespace seatrial::logs

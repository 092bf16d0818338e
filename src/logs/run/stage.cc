#include "logs/run/stage.h"

namespace seatrial::logs::run {

void Stage::feed(const ColumnFields& columns, std::span<const std::uint32_t> events) {
  if (take_block(columns, events)) return;
  Row& row = block_row();
  for (const auto event : events) {
    context_.arena.reset();
    row.begin(columns, event);
    take(row);
    if (context_.enough || context_.failed()) return;
  }
}

}  // namespace seatrial::logs::run

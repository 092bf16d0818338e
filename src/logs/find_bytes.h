// Finding a needle in much text.
#pragma once
#include <string_view>

namespace seatrial::logs {

// Where `needle` first stands in text from `from` on, or npos. An empty needle stands everywhere.
std::size_t find_bytes(std::string_view text, std::string_view needle, std::size_t from = 0);

}  // namespace seatrial::logs

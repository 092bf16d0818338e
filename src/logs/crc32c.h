// CRC-32C (Castagnoli), by the processor's instruction where there is one.
#pragma once
#include <cstdint>
#include <string_view>

namespace seatrial::logs {

// Of `bytes` after what gave `before`; 0 to begin with.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace seatrial::logs

// zstd over whole pieces: blocks and directories of segments, names of series.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace seatrial::metrics {

std::string compress(std::string_view raw, int level);  // empty when it cannot be done
// Nothing when the bytes do not unpack to exactly this many.
std::optional<std::string> decompress(std::string_view packed, std::size_t raw_size);

}  // namespace seatrial::metrics

#include "metrics/packing.h"

#include <zstd.h>

namespace seatrial::metrics {
namespace {

constexpr std::size_t kMaxRaw = 1u << 30;

}  // namespace

std::string compress(std::string_view raw, int level) {
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  const auto size = ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), level);
  packed.resize(ZSTD_isError(size) ? 0 : size);
  return packed;
}

std::optional<std::string> decompress(std::string_view packed, std::size_t raw_size) {
  if (raw_size > kMaxRaw) return std::nullopt;
  std::string raw(raw_size, '\0');
  const auto size = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) || size != raw_size) return std::nullopt;
  return raw;
}

}  // namespace seatrial::metrics

// A quick hash of bytes for tables of one run; not for anything that is stored.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace seatrial::logs::run {

__extension__ using Wide = unsigned __int128;

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash_bytes(std::string_view text) {
  constexpr std::uint64_t kA = 0xa0761d6478bd642full, kB = 0xe7037ed1a0b428dbull;
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t seed = kA ^ left;
  const auto load = [](const char* from, std::size_t size) {
    std::uint64_t out = 0;
    std::memcpy(&out, from, size);
    return out;
  };
  for (; left > 8; left -= 8, at += 8) seed = mix(seed ^ load(at, 8), kB);
  return mix(seed ^ load(at, left), kA ^ kB);
}

struct HashBytes {
  using is_transparent = void;
  using is_avalanching = void;
  std::size_t operator()(std::string_view text) const { return hash_bytes(text); }
};

}  // namespace seatrial::logs::run

// How long data are kept at which resolution, and how a tier is cut into partitions.
// Source: "Metrics retention" of the user guide (API_GetMetricData repeats it).
#pragma once
#include <array>
#include <cstdint>

namespace seatrial::metrics {

struct Tier {
  std::uint32_t resolution_s;
  std::int64_t kept_s;        // at this resolution
  std::uint32_t partition_s;  // a segment's stretch of time
};

inline constexpr std::int64_t kDay_s = 86'400;
inline constexpr std::array<Tier, 4> kTiers{{{1, 3 * 3600, 3600},
                                             {60, 15 * kDay_s, 86'400},
                                             {300, 63 * kDay_s, 7 * 86'400},
                                             {3600, 455 * kDay_s, 28 * 86'400}}};

constexpr std::uint32_t partition_of(int tier, std::uint32_t at) {
  return at - at % kTiers[static_cast<std::size_t>(tier)].partition_s;
}

// What CloudWatch would still show data of this age at: 1, 60, 300 or 3600 seconds; 0: nothing.
constexpr std::uint32_t shown_resolution(std::int64_t age_s) {
  for (const auto& tier : kTiers)
    if (age_s <= tier.kept_s) return tier.resolution_s;
  return 0;
}

}  // namespace seatrial::metrics

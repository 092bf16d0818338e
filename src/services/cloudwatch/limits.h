// PutMetricData's documented limits. Sources: API_PutMetricData, API_MetricDatum, API_Dimension.
#pragma once
#include <chrono>
#include <cmath>
#include <string_view>

namespace seatrial::services::cloudwatch {

inline constexpr std::size_t kMaxDatums = 1000, kMaxDimensions = 30, kMaxValues = 150;
inline constexpr double kMaxMagnitude = 0x1p360;
inline constexpr std::chrono::hours kOldest{14 * 24}, kNewest{2};

inline bool is_magnitude(double v) { return std::isfinite(v) && std::abs(v) <= kMaxMagnitude; }

// One of the service model's StandardUnit.
bool is_unit(std::string_view unit);

}  // namespace seatrial::services::cloudwatch

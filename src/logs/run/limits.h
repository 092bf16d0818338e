// What one query may take. Each is a limit of ours unless AWS is named; a query that passes one
// fails and says which.
#pragma once
#include <cstddef>
#include <cstdint>

namespace seatrial::logs::run {

// Rows held for sort, dedup, join and results; groups and their aggregates. Of one query.
inline constexpr std::size_t kMaxHeldBytes = 192u << 20;
inline constexpr std::size_t kMaxTextBytes = 4u << 20;      // of one value that a function makes
inline constexpr std::size_t kMaxScratchBytes = 64u << 20;  // of all values of one event
inline constexpr std::size_t kMaxRows = 100'000;            // AWS: of one query's result
inline constexpr std::size_t kDefaultRows = 10'000;         // AWS: without `limit`
inline constexpr std::size_t kMaxJsonDepth = 64;            // levels that paths and lists reach
inline constexpr std::size_t kMaxEventFields = 1'000;       // AWS: discovered in one event
inline constexpr std::size_t kMaxSubqueryValues = 100'000;  // values behind `in (...)`
inline constexpr std::size_t kExactPercentile = 4'096;  // values of a group before they are rounded
inline constexpr std::size_t kExactDistinct = 16'384;  // values of a group before they are sketched
inline constexpr std::size_t kMaxPatterns = 4'096;     // clusters of `pattern`
inline constexpr std::int64_t kMaxFilledRows = 10'000;  // rows that fillmissing adds

}  // namespace seatrial::logs::run

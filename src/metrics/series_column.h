// All buckets of one series as bytes, and back.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/bucket.h"
#include "metrics/totals.h"

namespace seatrial::metrics {

inline constexpr std::size_t kMaxBuckets = 1 << 20;  // of one series in one segment

void append_series(std::string& to, const std::vector<Bucket>& ascending);

// Of buckets within [from, to); nothing when the bytes are none of append_series's.
std::optional<std::vector<Bucket>> read_series(std::string_view bytes, std::uint32_t from = 0,
                                               std::uint32_t to = UINT32_MAX);

// The same as totals, handed to `add`; false when the bytes are none of append_series's.
bool visit_series(std::string_view bytes, std::uint32_t from, std::uint32_t to,
                  const std::function<void(const Totals&)>& add);

}  // namespace seatrial::metrics

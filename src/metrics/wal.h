// The write-ahead log: one record per group of samples that were committed together.
//
// Samples of a record are 17 bytes for a value: small enough that compressing them would cost more
// than it saves, for a log lives only until its samples are in segments.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "metrics/hot.h"

namespace seatrial::metrics {

std::string wal_record(const std::vector<HotSample>& samples);
// Nothing when the bytes are none of wal_record's.
std::optional<std::vector<HotSample>> read_wal_record(std::string_view bytes);

}  // namespace seatrial::metrics

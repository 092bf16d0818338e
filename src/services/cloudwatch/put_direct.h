// PutMetricData's bytes to samples without the generic value between.
//
// Problem: half a million samples a second leave two microseconds each; a generic value, its check
// against the model and a typed shape cost ten. Choice: a request in which nothing is unusual is
// read once, on the connection's thread, straight to numbered samples: JSON by simdjson, CBOR in
// place (put_cbor.cc); put_datum.h is what they share. Whatever is
// unusual, or wrong, makes this reader step aside: the ordinary way then answers, with AWS's own
// words. So this file holds no error texts, and refuses nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "metrics/engine.h"

namespace seatrial::services::cloudwatch {

inline constexpr std::size_t kMaxPutBytes = 1 << 20;  // of a PutMetricData request

// The samples of a JSON request that the ordinary handler would take; else nothing.
std::optional<std::vector<metrics::HotSample>> read_put(metrics::Engine& engine,
                                                        const std::string& region,
                                                        std::string_view json, Time now);

// The same of a CBOR request.
std::optional<std::vector<metrics::HotSample>> read_put_cbor(metrics::Engine& engine,
                                                             const std::string& region,
                                                             std::string_view body, Time now);

}  // namespace seatrial::services::cloudwatch

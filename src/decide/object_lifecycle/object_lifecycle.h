// What the lifecycle rules of a bucket do to an object, and when. Pure: rules, object and time in,
// decision out; the S3 room carries it out.
//
// Source: "Lifecycle configuration elements" of the S3 user guide: days count from creation (or
// from becoming noncurrent) and are rounded up to the next midnight UTC; the earliest rule wins.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace seatrial::decide {

struct LifecycleFilter {
  std::string prefix;
  std::map<std::string, std::string> tags;                // all of them
  std::optional<std::int64_t> larger_than, smaller_than;  // bytes, both exclusive
};

struct LifecycleRule {
  std::string id;
  bool enabled = true;
  LifecycleFilter filter;
  std::optional<int> expire_days;
  std::optional<Time> expire_date;
  bool expire_lone_delete_markers = false;
  std::optional<int> noncurrent_days;
  int newer_noncurrent_kept = 0;
  std::optional<int> abort_upload_days;
};

struct StoredObject {
  std::string_view key;
  const std::map<std::string, std::string>* tags = nullptr;  // none: no tags
  std::int64_t size = 0;
  Time modified{};
};

// `days` after `from`, at the next midnight UTC.
Time midnight_after(Time from, int days);

struct Expiry {
  Time at{};
  std::string rule;
};
// When the current version expires; empty when no enabled rule says so.
std::optional<Expiry> expiry_of_current(const std::vector<LifecycleRule>& rules,
                                        const StoredObject& object);
// Whether a version that was replaced at `noncurrent_since` and has `newer` noncurrent versions
// above it goes now.
bool noncurrent_expired(const std::vector<LifecycleRule>& rules, const StoredObject& object,
                        Time noncurrent_since, int newer, Time now);
// Whether a delete marker with nothing beneath it goes now.
bool lone_marker_expired(const std::vector<LifecycleRule>& rules, const StoredObject& marker,
                         Time now);
bool upload_expired(const std::vector<LifecycleRule>& rules, std::string_view key, Time initiated,
                    Time now);

}  // namespace seatrial::decide

#include "services/s3/conditions.h"

#include "base/encoding.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"

namespace seatrial::services::s3 {
namespace {

using room::Outcome;

Time whole_seconds(Time at) { return std::chrono::floor<std::chrono::seconds>(at); }

Outcome<void> check_positive(const ReadConditions& conditions, const VersionRecord& version) {
  if (conditions.if_match) {
    if (!etag_listed(*conditions.if_match, version.etag)) return precondition_failed("If-Match");
    return {};  // it outweighs If-Unmodified-Since
  }
  if (conditions.if_unmodified_since &&
      whole_seconds(version.modified) > *conditions.if_unmodified_since)
    return precondition_failed("If-Unmodified-Since");
  return {};
}

// The name of the condition that says the client has it already; empty when none does.
std::string_view unmodified(const ReadConditions& conditions, const VersionRecord& version) {
  if (conditions.if_none_match)
    return etag_listed(*conditions.if_none_match, version.etag) ? "If-None-Match" : "";
  if (conditions.if_modified_since &&
      whole_seconds(version.modified) <= *conditions.if_modified_since)
    return "If-Modified-Since";
  return "";
}

}  // namespace

Outcome<void> check_read(const ReadConditions& conditions, const VersionRecord& version) {
  if (auto ok = check_positive(conditions, version); !ok) return ok;
  if (unmodified(conditions, version).empty()) return {};
  return refused(
      "NotModified", "Not Modified", 304,
      {{"ETag", in_quotes(version.etag)}, {"Last-Modified", format_http_date(version.modified)}});
}

Outcome<void> check_copied(const ReadConditions& conditions, const VersionRecord& version) {
  if (auto ok = check_positive(conditions, version); !ok) return ok;
  const std::string_view name = unmodified(conditions, version);
  if (name.empty()) return {};
  return precondition_failed("x-amz-copy-source-" + std::string(name));
}

Outcome<void> check_write(const std::optional<std::string>& if_match,
                          const std::optional<std::string>& if_none_match, const VersionRecord* old,
                          const std::string& key) {
  const bool there = old != nullptr && !old->delete_marker;
  if (if_none_match) {
    if (*if_none_match != "*")
      return not_implemented("If-None-Match", "only * is a condition of writes.");
    if (there) return precondition_failed("If-None-Match");
  }
  if (!if_match) return {};
  if (!there) return no_such_key(key);
  if (!etag_listed(*if_match, old->etag)) return precondition_failed("If-Match");
  return {};
}

StoredChecksum checksum_of(const Digested& bytes) {
  if (bytes.checksums.empty()) return {};
  const auto& [algorithm, raw] = *bytes.checksums.begin();
  return {algorithm, base64_encode(raw), false};
}

}  // namespace seatrial::services::s3

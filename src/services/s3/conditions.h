// Conditional requests: RFC 9110's headers in the order in which S3 weighs them. Source:
// "Conditional requests" of the S3 user guide, API_GetObject.
#pragma once
#include <optional>
#include <string>

#include "room/room.h"
#include "services/s3/blobs.h"
#include "services/s3/store.h"

namespace seatrial::services::s3 {

// Of reads. Errors: PreconditionFailed, and 304 without a body.
struct ReadConditions {
  std::optional<std::string> if_match, if_none_match;
  std::optional<Time> if_modified_since, if_unmodified_since;
};
room::Outcome<void> check_read(const ReadConditions& conditions, const VersionRecord& version);
// The same of a copy's source, where nothing is ever "not modified".
room::Outcome<void> check_copied(const ReadConditions& conditions, const VersionRecord& version);
// Of writes over `old` (maybe null or a delete marker). Errors: PreconditionFailed, NoSuchKey.
room::Outcome<void> check_write(const std::optional<std::string>& if_match,
                                const std::optional<std::string>& if_none_match,
                                const VersionRecord* old, const std::string& key);

// The one checksum that was computed of the bytes.
StoredChecksum checksum_of(const Digested& bytes);

}  // namespace seatrial::services::s3

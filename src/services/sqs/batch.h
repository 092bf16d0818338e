// What the three batch operations share.
#pragma once
#include <algorithm>
#include <set>
#include <string>

#include "services/sqs/errors.h"
#include "services/sqs/store.h"

namespace seatrial::services::sqs {

inline constexpr std::size_t kMaxBatch = 10, kMaxEntryId = 80;

// Count and ids of the entries; `kind` names them where there are none.
template <class Entries>
room::Outcome<void> check_batch(const Entries& entries, std::string_view kind) {
  if (entries.empty())
    return fail("EmptyBatchRequest",
                fmt::format("There should be at least one {} in the request.", kind));
  if (entries.size() > kMaxBatch)
    return fail("TooManyEntriesInBatchRequest",
                fmt::format("Maximum number of entries per request are 10. You have sent {}.",
                            entries.size()));
  std::set<std::string> ids;
  for (const auto& entry : entries) {
    const bool good = !entry.Id.empty() && entry.Id.size() <= kMaxEntryId &&
                      std::ranges::all_of(entry.Id, [](unsigned char c) {
                        return std::isalnum(c) != 0 || c == '-' || c == '_';
                      });
    if (!good)
      return fail("InvalidBatchEntryId",
                  "A batch entry id can only contain alphanumeric characters, hyphens and "
                  "underscores. It can be at most 80 letters long.");
    if (!ids.insert(entry.Id).second)
      return fail("BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", entry.Id));
  }
  return {};
}

inline shape::BatchResultErrorEntry batch_error(const std::string& id,
                                                const model::AwsError& error) {
  shape::BatchResultErrorEntry failed;
  failed.Id = id;
  failed.Code = error.code;
  failed.Message = error.message;
  failed.SenderFault = !error.server_fault;
  return failed;
}

}  // namespace seatrial::services::sqs

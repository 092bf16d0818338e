// NextToken and MaxResults over a range of records, in order of their keys.
#pragma once
#include <algorithm>
#include <optional>
#include <string>

#include "room/page_token.h"
#include "services/application_autoscaling/errors.h"

namespace seatrial::services::application_autoscaling {

// Hands `take` the records behind the token that `wanted` accepts, a page of them; the next token.
template <class Range, class Wanted, class Take>
room::Outcome<std::optional<std::string>> take_page(const Range& range,
                                                    const std::optional<std::string>& token,
                                                    const std::optional<int>& limit,
                                                    std::size_t most, Wanted wanted, Take take) {
  std::string after, last;
  if (token) {
    const auto key = room::page_token_key(*token);
    if (!key) return room::fail("InvalidNextTokenException", "The next token is invalid.");
    after = *key;
  }
  const auto page =
      limit ? std::min<std::size_t>(static_cast<std::size_t>(std::max(*limit, 1)), most) : most;
  std::size_t taken = 0;
  for (const auto& [key, record] : range) {
    if ((token && key <= after) || !wanted(record)) continue;
    if (taken == page) return std::optional(room::page_token(last));
    take(record);
    ++taken;
    last = key;
  }
  return std::optional<std::string>();
}

}  // namespace seatrial::services::application_autoscaling

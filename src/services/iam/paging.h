// Marker, MaxItems and IsTruncated: one page of a list that is in order of its items' names.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "model/aws_error.h"
#include "room/page_token.h"

namespace seatrial::services::iam {

constexpr int kDefaultMaxItems = 100;

// Fills `out` (the reply's list), Marker and IsTruncated from `items`, pairs of name and shape in
// order of name. A marker holds the name of the last item given, so a list may change in between.
template <class Request, class Reply, class Shape>
model::Outcome<Reply> page(const Request& request, Reply reply, auto Reply::* out,
                           std::vector<std::pair<std::string, Shape>> items) {
  auto from = items.begin();
  if (request.Marker) {
    const auto last = room::page_token_key(*request.Marker);
    if (!last) return model::fail("ValidationError", "Invalid Marker.");
    from = std::ranges::upper_bound(items, *last, {}, &std::pair<std::string, Shape>::first);
  }
  const auto left = items.end() - from;
  const auto count = std::min<std::ptrdiff_t>(left, request.MaxItems.value_or(kDefaultMaxItems));
  (reply.*out).given = true;
  for (auto item = from; item != from + count; ++item) {
    (reply.*out).push_back(std::move(item->second));
  }
  reply.IsTruncated = count < left;
  if (count < left && count > 0) reply.Marker = room::page_token((from + count - 1)->first);
  return reply;
}

}  // namespace seatrial::services::iam

// NextToken and MaxResults: one page of a list in order of its items' keys.
#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "model/shape_support.h"
#include "services/ec2/errors.h"

namespace seatrial::services::ec2 {

constexpr int kLeastResults = 5;
constexpr int kMostResults = 1000;

// Fills `out` (the reply's list) and NextToken from `items`, pairs of key and shape. A token holds
// the key of the last item given, so a list may change in between.
template <class Request, class Reply, class Shape>
model::Outcome<Reply> page(const Request& request, Reply reply, model::List<Shape> Reply::* out,
                           std::vector<std::pair<std::string, Shape>> items) {
  using Item = std::pair<std::string, Shape>;
  const int most = request.MaxResults.value_or(kMostResults);
  if (most < kLeastResults || most > kMostResults) {
    return invalid_value(fmt::format(
        "Value ( {} ) for parameter maxResults is invalid. Expecting a value between {} "
        "and {}.",
        most, kLeastResults, kMostResults));
  }
  std::ranges::sort(items, {}, &Item::first);
  auto from = items.begin();
  if (request.NextToken) {
    const auto last = base64_decode(*request.NextToken);
    if (!last) return invalid_value("Unable to parse pagination token");
    from = std::ranges::upper_bound(items, *last, {}, &Item::first);
  }
  const auto count = std::min<std::ptrdiff_t>(items.end() - from, most);
  const bool more = count < items.end() - from;
  (reply.*out).given = true;
  for (auto item = from; item != from + count; ++item) {
    (reply.*out).push_back(std::move(item->second));
  }
  if (more) reply.NextToken = base64_encode((from + count - 1)->first);
  return reply;
}

}  // namespace seatrial::services::ec2

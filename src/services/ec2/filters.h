// Filters and pages, alike for all Describe operations.
//
// Each resource says which filter names it knows and what values it has for a name; one matcher
// serves all: filters are joined by and, a filter's values by or, * and ? are wildcards unless
// after a backslash.
#pragma once
#include <algorithm>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/aws_error.h"
#include "room/page_token.h"
#include "services/ec2/errors.h"
#include "services/ec2/store.h"

namespace seatrial::services::ec2 {

using Filters = model::List<api::Filter>;
using Values = std::vector<std::string>;
using ValuesOf = std::function<Values(std::string_view filter)>;

constexpr int kMinPage = 5;
constexpr int kMaxPage = 1000;
constexpr std::size_t kFilterValuesPerCall = 200;

// InvalidParameterValue for a name that is neither in `known` nor, where it is, under "tag:".
model::Outcome<void> check_filters(const Filters& filters, std::span<const std::string_view> known);
// `tags` are asked for "tag:key" and "tag-key", `values_of` for everything else.
bool matches(const Filters& filters, const std::vector<api::Tag>& tags, const ValuesOf& values_of);
bool wildcard_match(std::string_view text, std::string_view pattern);

inline std::string text_of(bool b) { return b ? "true" : "false"; }

// Puts one page of `items` into `out`, a list of the reply; the items are in order of `id_of`.
template <class Request, class Reply, class Item, class IdOf>
model::Outcome<Reply> page(const Request& request, Reply reply, model::List<Item> Reply::* out,
                           std::vector<Item> items, IdOf id_of) {
  const int most = request.MaxResults.value_or(kMaxPage);
  if (most < kMinPage || most > kMaxPage) {
    return invalid_parameter("Value ( " + std::to_string(most) +
                             " ) for parameter maxResults is invalid. Expecting a value between " +
                             std::to_string(kMinPage) + " and " + std::to_string(kMaxPage) + ".");
  }
  if (request.NextToken) {
    const auto last = room::page_token_key(*request.NextToken);
    if (!last) return invalid_parameter("Unable to parse pagination token");
    std::erase_if(items, [&](const Item& item) { return id_of(item) <= *last; });
  }
  const auto limit = static_cast<std::size_t>(most);
  if (items.size() > limit) {
    items.resize(limit);
    reply.NextToken = room::page_token(id_of(items.back()));
  }
  reply.*out = model::List<Item>(std::move(items));
  return reply;
}

}  // namespace seatrial::services::ec2

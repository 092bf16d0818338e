// Pages of a sorted list: a token names the last item given, so that items that come and go between
// two calls neither repeat nor hide others.
#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "room/page_token.h"
#include "services/ecs/errors.h"

namespace seatrial::services::ecs {

inline constexpr int kMaxPage = 100;

struct Page {
  std::vector<std::string> items;
  std::optional<std::string> next_token;
};

// `all` is put in order here, descending on demand.
inline Outcome<Page> page_of(std::vector<std::string> all, const std::optional<std::string>& token,
                             const std::optional<int>& max_results, int default_page = kMaxPage,
                             bool descending = false) {
  const int limit = max_results.value_or(default_page);
  if (limit < 1 || limit > kMaxPage) {
    return invalid_parameter("maxResults must be between 1 and " + std::to_string(kMaxPage) + ".");
  }
  const auto before = [descending](const std::string& a, const std::string& b) {
    return descending ? b < a : a < b;
  };
  std::ranges::sort(all, before);
  auto from = all.begin();
  if (token && !token->empty()) {
    const auto last = room::page_token_key(*token);
    if (!last) return invalid_parameter("Invalid token.");
    from = std::upper_bound(all.begin(), all.end(), *last, before);
  }
  Page page;
  const auto count = std::min<std::ptrdiff_t>(limit, all.end() - from);
  page.items.assign(from, from + count);
  if (from + count != all.end()) page.next_token = room::page_token(page.items.back());
  return page;
}

}  // namespace seatrial::services::ecs

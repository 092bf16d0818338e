// NextToken and Limit: one page of a list in order of its keys.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "room/page_token.h"
#include "services/events/errors.h"

namespace seatrial::services::events {

inline constexpr std::size_t kPage = 100;

// Cuts `items`, in order of key_of, to the page asked for; the token of the next one, if any.
template <class T, class F>
room::Outcome<std::optional<std::string>> cut_page(std::vector<T>& items,
                                                   const std::optional<std::string>& token,
                                                   const std::optional<int>& limit, F key_of) {
  if (token) {
    const auto after = room::page_token_key(*token);
    if (!after) return validation("Invalid NextToken");
    std::erase_if(items, [&](const T& item) { return key_of(item) <= *after; });
  }
  const auto most = limit ? std::min<std::size_t>(static_cast<std::size_t>(*limit), kPage) : kPage;
  if (items.size() <= most) return std::optional<std::string>();
  items.resize(most);
  return std::optional<std::string>(room::page_token(key_of(items.back())));
}

}  // namespace seatrial::services::events

// What handlers of several nouns share: pages, tags, names.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "room/page_token.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/store.h"

namespace seatrial::services::elbv2 {

inline constexpr int kMaxPage = 400;

// Cuts `items` to the page after `marker`, and says the next marker. `key_of` orders them.
template <class T, class F>
room::Outcome<std::optional<std::string>> cut_page(std::vector<T>& items,
                                                   const std::optional<std::string>& marker,
                                                   const std::optional<int>& size, F key_of) {
  if (marker) {
    const auto after = room::page_token_key(*marker);
    if (!after) return validation("The marker is not valid");
    std::erase_if(items, [&](const T& item) { return key_of(item) <= *after; });
  }
  const auto limit = static_cast<std::size_t>(std::clamp(size.value_or(kMaxPage), 1, kMaxPage));
  if (items.size() <= limit) return std::optional<std::string>();
  items.resize(limit);
  return std::optional<std::string>(room::page_token(key_of(items.back())));
}

// "Name" of a load balancer or target group: 1-32 alphanumeric characters and hyphens.
inline room::Outcome<void> check_name(std::string_view kind, const std::string& name) {
  const bool characters = std::ranges::all_of(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; });
  if (name.size() > 32)
    return validation(
        fmt::format("{} name '{}' cannot be longer than '32' characters", kind, name));
  if (!characters || name.empty()) {
    return validation(fmt::format(
        "{} name '{}' can only contain characters that are alphanumeric characters or hyphens(-)",
        kind, name));
  }
  if (name.front() == '-' || name.back() == '-') {
    return validation(fmt::format("{} name '{}' cannot begin or end with a hyphen(-)", kind, name));
  }
  return {};
}

inline room::Outcome<StringMap> tag_map(const model::List<shape::Tag>& tags) {
  StringMap result;
  for (const auto& tag : tags) {
    if (!result.emplace(tag.Key, tag.Value.value_or("")).second) {
      return fail("DuplicateTagKeys", fmt::format("Tag key '{}' is given more than once", tag.Key));
    }
  }
  if (result.size() > 50)
    return fail("TooManyTags", "The maximum number of tags per resource is 50");
  return result;
}

}  // namespace seatrial::services::elbv2

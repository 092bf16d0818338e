// Filters by a group's tags, of ListLogGroups and SOURCE logGroupTags. Source: API_TagFilter.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "logs/query/lexer.h"

namespace seatrial::services::logs {

struct TagFilter {
  std::string key;
  std::vector<std::string> values;  // one must hold; none: any value does
};

// `*` at either end stands for anything, and letters of both cases are then the same; `!` in front
// turns it round.
inline bool is_tag_value(std::string_view value, std::string_view filter) {
  const bool negated = filter.starts_with('!');
  if (negated) filter.remove_prefix(1);
  const bool front = filter.starts_with('*'), back = filter.size() > 1 && filter.ends_with('*');
  if (!front && !back) return (value == filter) != negated;
  if (front) filter.remove_prefix(1);
  if (back) filter.remove_suffix(1);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  bool holds = value.size() >= filter.size();
  if (holds && front && back)
    holds = filter.empty() || !std::ranges::search(value, filter, {}, lower, lower).empty();
  else if (holds)
    holds = seatrial::logs::query::same_word(
        back ? value.substr(0, filter.size()) : value.substr(value.size() - filter.size()), filter);
  return holds != negated;
}

inline bool has_tag(const std::map<std::string, std::string>& tags, const TagFilter& filter) {
  const auto tag = tags.find(filter.key);
  if (tag == tags.end()) return false;
  return filter.values.empty() || std::ranges::any_of(filter.values, [&](const auto& value) {
           return is_tag_value(tag->second, value);
         });
}

}  // namespace seatrial::services::logs

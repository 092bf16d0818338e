#include "services/ec2/filters.h"

#include "services/ec2/errors.h"

namespace seatrial::services::ec2 {
namespace {

// How many characters of the pattern stand for `c`; 0 when they do not.
std::size_t accepts(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern[0] == '\\' && pattern.size() > 1) return pattern[1] == c ? 2 : 0;
  return pattern[0] == '?' || pattern[0] == c ? 1 : 0;
}

}  // namespace

bool wildcard_match(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (const std::size_t taken = accepts(pattern.substr(p), text[t]); taken > 0) {
      p += taken;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

model::Outcome<void> check_filters(const Filters& filters,
                                   std::span<const std::string_view> known) {
  const auto has = [&](std::string_view name) {
    return std::ranges::find(known, name) != known.end();
  };
  std::size_t values = 0;
  for (const auto& filter : filters) {
    values += filter.Values.size();
    const std::string name = filter.Name.value_or("");
    const bool tag = name.starts_with("tag:") && name.size() > 4 && has("tag:");
    if (!tag && (name == "tag:" || !has(name))) {
      return invalid_parameter("The filter '" + name + "' is invalid");
    }
  }
  if (values > kFilterValuesPerCall) {
    return model::fail("FilterLimitExceeded",
                       "The maximum number of filter values specified on a single call is " +
                           std::to_string(kFilterValuesPerCall));
  }
  return {};
}

bool matches(const Filters& filters, const std::vector<api::Tag>& tags, const ValuesOf& values_of) {
  return std::ranges::all_of(filters, [&](const api::Filter& filter) {
    Values values;
    if (filter.Name->starts_with("tag:")) {
      for (const auto& tag : tags) {
        if (tag.Key == filter.Name->substr(4)) values.push_back(tag.Value.value_or(""));
      }
    } else if (*filter.Name == "tag-key") {
      for (const auto& tag : tags) values.push_back(tag.Key.value_or(""));
    } else {
      values = values_of(*filter.Name);
    }
    return std::ranges::any_of(values, [&](const std::string& value) {
      return std::ranges::any_of(filter.Values, [&](const std::string& pattern) {
        return wildcard_match(value, pattern);
      });
    });
  });
}

}  // namespace seatrial::services::ec2

// Whether prose says something: whole words, letter case aside. Pure.
//
// Problem: rules of judgement depend on what the author says ("latest", "roll back", "verify").
// Choice: lists of words and of word beginnings, matched at word boundaries. Rejected: regular
// expressions (slow to build, and they recurse on outside text).
#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

namespace seatrial::runbook::check {

// "latest" is a whole word, "verif*" a beginning, "roll back" two words in a row with blanks, line
// ends or one dash between. Words are letters and digits: "DB_LATEST_ID" says "latest".
bool says(std::string_view text, std::string_view phrase);
bool says_any(std::string_view text, std::span<const std::string_view> phrases);
inline bool says_any(std::string_view text, std::initializer_list<std::string_view> phrases) {
  return says_any(text, std::span(phrases.begin(), phrases.size()));
}

// Whether a name or text speaks of production: "prod", "production", "prd" as a word.
bool says_production(std::string_view text);

}  // namespace seatrial::runbook::check

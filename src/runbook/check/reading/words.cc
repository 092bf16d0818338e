// See words.h.
#include "runbook/check/reading/words.h"

#include <algorithm>

namespace seatrial::runbook::check {
namespace {

char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_letter(char c) {
  c = lower_letter(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Between the words of a phrase.
bool is_gap(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '-' || c == '_'; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// "latestSnapshot" is two words: the second begins at its capital letter.
bool is_word_end(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_letter(text[at])) return true;
  return is_upper(text[at]) && at > 0 && !is_upper(text[at - 1]);
}

bool is_word_start(std::string_view text, std::size_t at) {
  return at == 0 || !is_letter(text[at - 1]) || (is_upper(text[at]) && !is_upper(text[at - 1]));
}

// Whether the phrase stands at the text's beginning. A blank of the phrase takes any run of gaps.
bool begins_with(std::string_view text, std::string_view phrase) {
  const bool open = phrase.ends_with('*');
  if (open) phrase.remove_suffix(1);
  std::size_t at = 0;
  for (char wanted : phrase) {
    if (wanted == ' ') {
      const auto from = at;
      while (at < text.size() && is_gap(text[at])) ++at;
      if (at == from) return false;
    } else if (at >= text.size() || lower_letter(text[at++]) != wanted) {
      return false;
    }
  }
  return open || is_word_end(text, at);
}

}  // namespace

bool says(std::string_view text, std::string_view phrase) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (lower_letter(text[at]) == phrase.front() && is_word_start(text, at) &&
        begins_with(text.substr(at), phrase))
      return true;
  return false;
}

bool says_any(std::string_view text, std::span<const std::string_view> phrases) {
  return std::ranges::any_of(phrases, [&](auto phrase) { return says(text, phrase); });
}

bool says_production(std::string_view text) {
  return says_any(text, {"prod", "production", "prd"});
}

}  // namespace seatrial::runbook::check

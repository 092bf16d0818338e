// Terms: ERROR "disk full" ?WARN -debug, or one %regular expression%.
#include "logs/pattern/parse.h"

#include <algorithm>

namespace seatrial::logs::pattern {
namespace {

std::size_t end_of_word(const Cursor& cursor) {
  const auto rest = cursor.rest();
  return cursor.at() +
         static_cast<std::size_t>(std::ranges::find_if(rest, is_space) - rest.begin());
}

std::string sign_text(Term::Sign sign) {
  return sign == Term::Sign::kOptional ? "?" : sign == Term::Sign::kExcluded ? "-" : "";
}

// A word with characters that only quoted terms may have.
Failure unquoted(const Cursor& cursor, std::size_t begin) {
  const auto end = end_of_word(cursor);
  Cursor whole = cursor;
  whole.step(end - cursor.at());
  const auto word = whole.from(begin);
  if (word == "||" || word == "&&" || word == "|" || word == "&")
    return failure(begin, end,
                   fmt::format("'{}' joins nothing in a pattern of terms: a ? before each of "
                               "several terms asks for one of them, terms alone for all",
                               word));
  const bool ascii = std::ranges::all_of(word, [](char c) { return (c & 0x80) == 0; });
  const bool quotes = word.contains('"');
  // guess: letters beyond ASCII need quotation marks too.
  return failure(begin, end,
                 quotes
                     ? fmt::format("the quotation marks of '{}' are not around a whole term", word)
                     : fmt::format("the term '{}' has characters that need quotation marks", word),
                 ascii && !quotes ? Certainty::kCertain : Certainty::kGuess,
                 quotes ? "" : fmt::format("\"{}\"", word));
}

// At the hyphen of a-b. guess: it excludes what follows, as it does behind a space: AWS takes such
// patterns, and what they look like is not found.
bool at_hyphen(const Cursor& cursor) {
  const auto rest = cursor.rest();
  return rest.size() > 1 && rest[0] == '-' && is_word(rest[1]);
}

Parse<Term> parse_term(Cursor& cursor) {
  Term term;
  term.span.begin = cursor.at();
  if (cursor.take("?"))
    term.sign = Term::Sign::kOptional;
  else if (cursor.take("-"))
    term.sign = Term::Sign::kExcluded;
  const std::size_t begin = cursor.at();
  if (cursor.peek() == '"') {
    auto text = parse_quoted(cursor);
    if (!text) return Failure(text.error());
    term.text = std::move(*text), term.quoted = true;
    if (!cursor.done() && !is_space(cursor.peek())) return unquoted(cursor, begin);
  } else if (cursor.peek() == '%') {
    // guess: AWS documents %...% as a pattern of its own, not beside terms.
    return failure(begin, end_of_word(cursor),
                   "a regular expression stands alone: it is not joined with terms",
                   Certainty::kLikely);
  } else {
    term.text = cursor.take_while(is_word);
    if (!cursor.done() && !is_space(cursor.peek()) && (term.text.empty() || !at_hyphen(cursor)))
      return unquoted(cursor, begin);
  }
  term.span.end = cursor.at();
  const bool blank = std::ranges::all_of(term.text, is_space);
  if (blank && term.sign != Term::Sign::kRequired)
    return failure(term.span.begin, term.span.end,
                   fmt::format("a {} has no term behind it", sign_text(term.sign)),
                   Certainty::kGuess);
  return term;
}

Parse<TextPattern> parse_whole_regex(Cursor cursor) {
  auto regex = parse_regex(cursor);
  if (!regex) return Failure(regex.error());
  const auto behind = cursor.at();
  if (cursor.skip_spaces())
    return failure(behind, cursor.at() + cursor.rest().size(),
                   "a regular expression stands alone: nothing may follow it", Certainty::kLikely);
  TextPattern pattern;
  pattern.regex = std::move(*regex);
  return pattern;
}

}  // namespace

Parse<TextPattern> parse_text(std::string_view text, std::size_t begin, std::size_t end) {
  Cursor cursor(text, begin, end);
  if (cursor.peek() == '%') return parse_whole_regex(cursor);
  TextPattern pattern;
  while (!cursor.done()) {
    const std::size_t behind = cursor.at();
    if (!cursor.skip_spaces()) break;
    const bool joined = behind > begin && cursor.at() == behind;
    auto term = parse_term(cursor);
    if (!term) return Failure(term.error());
    term->joined = joined;
    // The phrase " " stands for every event, as the empty pattern does.
    if (!std::ranges::all_of(term->text, is_space)) pattern.terms.push_back(std::move(*term));
  }
  return pattern;
}

}  // namespace seatrial::logs::pattern

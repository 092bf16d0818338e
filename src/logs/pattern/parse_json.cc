// { $.a.b[0] = "x*" && ($.n > 3 || $.f IS NULL) }
#include <algorithm>

#include "logs/pattern/parse.h"
#include "logs/pattern/pattern.h"

namespace seatrial::logs::pattern {
namespace {

constexpr std::string_view kJsonStops = ")&|}";

class JsonParser {
 public:
  JsonParser(std::string_view text, std::size_t begin, std::size_t end)
      : cursor_(text, begin + 1, end - 1) {}

  Parse<JsonPattern> parse() {
    if (!cursor_.skip_spaces())
      return failure(cursor_.at() - 1, cursor_.at(), "the braces hold no condition");
    auto condition = parse_condition(cursor_, [this](Cursor&) { return leaf(); });
    if (!condition) return Failure(condition.error());
    if (cursor_.skip_spaces()) return unexpected_rest();
    pattern_.condition = std::move(*condition);
    return std::move(pattern_);
  }

 private:
  Failure unexpected_rest() {
    const std::size_t begin = cursor_.at();
    const auto word = cursor_.take_while([](char c) { return !is_space(c); });
    const bool one = word.starts_with('&') || word.starts_with('|');
    return failure(begin, cursor_.at(),
                   one ? "conditions are joined by && or ||"
                       : fmt::format("conditions are joined by && or ||, found '{}'", word));
  }
  Parse<Condition> leaf() {
    Condition out;
    out.span.begin = cursor_.at();
    if (cursor_.peek() != '$') return no_selector();
    auto selector = parse_selector(cursor_);
    if (!selector) return Failure(selector.error());
    if (selector->wild && ++wildcards_ > kMaxWildcards)
      return failure(
          out.span.begin, cursor_.at(),
          fmt::format("a pattern has at most {} selectors with a wildcard", kMaxWildcards),
          Certainty::kLikely);
    out.field = field_index(std::move(*selector));
    if (is_alphanumeric(cursor_.peek()))
      return failure(cursor_.at(), cursor_.at() + 1, "a space is missing here", Certainty::kGuess);
    cursor_.skip_spaces();
    auto done = is_alphanumeric(cursor_.peek()) ? word_test(out) : comparison(out);
    if (!done) return Failure(done.error());
    out.span.end = cursor_.at();
    return out;
  }
  Failure no_selector() {
    const std::size_t begin = cursor_.at();
    const auto word = cursor_.take_while([](char c) { return is_word(c) || c == '-' || c == '.'; });
    if (word.empty())
      return failure(begin, begin + 1, "a condition begins with the field's place, as in $.name");
    return failure(begin, cursor_.at(), "a field of a JSON pattern is written with $. before it",
                   Certainty::kCertain, fmt::format("$.{}", word));
  }
  std::size_t field_index(Selector selector) {
    const auto found = std::ranges::find(pattern_.selectors, selector.text, &Selector::text);
    if (found != pattern_.selectors.end())
      return static_cast<std::size_t>(found - pattern_.selectors.begin());
    pattern_.selectors.push_back(std::move(selector));
    return pattern_.selectors.size() - 1;
  }
  // IS NULL, IS TRUE, IS FALSE, NOT EXISTS
  Parse<void> word_test(Condition& out) {
    const std::size_t begin = cursor_.at();
    const std::string first(cursor_.take_while(is_alphanumeric));
    cursor_.skip_spaces();
    const std::size_t second_at = cursor_.at();
    const std::string second(cursor_.take_while(is_alphanumeric));
    const auto both = first + " " + second;
    if (both == "IS NULL")
      out.kind = Condition::Kind::kIsNull;
    else if (both == "IS TRUE")
      out.kind = Condition::Kind::kIsTrue;
    else if (both == "IS FALSE")
      out.kind = Condition::Kind::kIsFalse;
    else if (both == "NOT EXISTS")
      out.kind = Condition::Kind::kNotExists;
    else
      return unknown_words(begin, second_at, first, second);
    return {};
  }
  Parse<void> unknown_words(std::size_t begin, std::size_t second_at, const std::string& first,
                            const std::string& second) {
    if (first == "EXISTS")
      return failure(begin, begin + 6, "there is no EXISTS: `= *` asks for a field with a value",
                     Certainty::kCertain, "= *");
    if (first == "IS" && second == "NOT")
      return failure(begin, second_at + 3, "there is no IS NOT, only IS NULL, IS TRUE, IS FALSE");
    const auto end = second.empty() ? begin + first.size() : second_at + second.size();
    // guess: the words are written in upper case.
    const bool lower = std::ranges::any_of(first, [](char c) { return c >= 'a' && c <= 'z'; });
    return failure(begin, end,
                   "an operator is missing here: one of = != < <= > >= IS NULL, IS TRUE, IS FALSE, "
                   "NOT EXISTS",
                   lower ? Certainty::kGuess : Certainty::kCertain);
  }
  Parse<void> comparison(Condition& out) {
    const auto op = parse_operator(cursor_);
    if (!op) return Failure(op.error());
    auto value = parse_value(cursor_, *op, kJsonStops);
    if (!value) return Failure(value.error());
    out.op = *op;
    out.value = std::move(*value);
    if (out.value.regex && ++regexes_ > kMaxRegexes)
      return failure(out.value.span.begin, out.value.span.end,
                     fmt::format("a pattern has at most {} regular expressions", kMaxRegexes));
    return {};
  }

  Cursor cursor_;
  JsonPattern pattern_;
  std::size_t regexes_ = 0;
  std::size_t wildcards_ = 0;
};

}  // namespace

Parse<JsonPattern> parse_json(std::string_view text, std::size_t begin, std::size_t end) {
  if (end - begin < 2 || text[end - 1] != '}')
    return failure(begin, end, "a filter pattern that starts with { must end with }");
  return JsonParser(text, begin, end).parse();
}

}  // namespace seatrial::logs::pattern

// $.a.b[0], $.list[*], $.object.*, $.['a.b']: where a field lies in a JSON event.
#include "logs/pattern/parse.h"

namespace seatrial::logs::pattern {
namespace {

using Step = Selector::Step;
using Kind = Step::Kind;

bool is_key(char c) { return is_word(c) || c == '-'; }

// ['a key with any characters']
Parse<Step> parse_quoted_key(Cursor& cursor, std::size_t opened) {
  cursor.step();
  const auto key = cursor.take_while([](char c) { return c != '\''; });
  if (!cursor.take("']"))
    return failure(opened, opened + 2, "this key is not closed by ']", Certainty::kGuess);
  return Step{Kind::kKey, std::string(key)};
}

// [0], [*], ['key']
Parse<Step> parse_bracket(Cursor& cursor) {
  const std::size_t opened = cursor.at();
  cursor.step();
  if (cursor.take("*]")) return Step{Kind::kAnyElement, ""};
  if (cursor.peek() == '\'') return parse_quoted_key(cursor, opened);
  const auto digits = cursor.take_while(is_digit);
  if (digits.empty() || digits.size() > 9 || !cursor.take("]"))
    return failure(opened, cursor.at() + 1,
                   "an element of a list is written as in [0] or [*], a key as in ['a.b']",
                   Certainty::kLikely);
  return Step{Kind::kElement, "", std::stoul(std::string(digits))};
}

Parse<Step> parse_key(Cursor& cursor) {
  const std::size_t begin = cursor.at();
  if (cursor.take("*")) return Step{Kind::kAnyField, ""};
  if (cursor.peek() == '"') {
    auto quoted = parse_quoted(cursor);
    if (!quoted) return Failure(quoted.error());
    return failure(begin, cursor.at(), "keys are not written in double quotation marks",
                   Certainty::kCertain, fmt::format("['{}']", *quoted));
  }
  const auto key = cursor.take_while(is_key);
  if (key.empty())
    return failure(begin, begin + 1, "a field's name of letters, digits, - and _ is missing here",
                   Certainty::kGuess);
  return Step{Kind::kKey, std::string(key)};
}

}  // namespace

// guess: a bracket may follow a dot whatever it holds; AWS shows $.['a.b'] only.
Parse<Selector> parse_selector(Cursor& cursor) {
  const std::size_t begin = cursor.at();
  cursor.step();
  Selector selector;
  while (cursor.peek() == '.' || cursor.peek() == '[') {
    const std::size_t at = cursor.at();
    cursor.take(".");
    auto step = cursor.peek() == '[' ? parse_bracket(cursor) : parse_key(cursor);
    if (!step) return Failure(step.error());
    if (step->wild() && selector.wild)
      return failure(at, cursor.at(), "a field's place has at most one wildcard");
    if (step->wild()) selector.wild = selector.steps.size();
    selector.steps.push_back(std::move(*step));
  }
  if (selector.steps.empty())
    return failure(begin, cursor.at(), "a field's place is written as in $.name",
                   Certainty::kGuess);
  selector.text = cursor.from(begin);
  return selector;
}

}  // namespace seatrial::logs::pattern

// [ip, user, ..., status_code = 404 || status_code = 410, size > 1000]
#include <algorithm>

#include "logs/pattern/parse.h"
#include "logs/pattern/pattern.h"

namespace seatrial::logs::pattern {
namespace {

constexpr std::string_view kStops = ",)&|]";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class DelimitedParser {
 public:
  DelimitedParser(std::string_view text, std::size_t begin, std::size_t end)
      : cursor_(text, begin + 1, end - 1) {}

  Parse<DelimitedPattern> parse() {
    DelimitedPattern pattern;
    if (!cursor_.skip_spaces()) return pattern;
    do {
      auto slot = parse_slot();
      if (!slot) return Failure(slot.error());
      pattern.slots.push_back(std::move(*slot));
      cursor_.skip_spaces();
    } while (cursor_.take(","));
    if (!cursor_.done()) {
      const std::size_t begin = cursor_.at();
      const auto word = cursor_.take_while([](char c) { return !is_space(c) && c != ','; });
      return failure(begin, cursor_.at(),
                     fmt::format("fields are separated by commas, found '{}'", word));
    }
    return pattern;
  }

 private:
  Parse<Slot> parse_slot() {
    Slot slot;
    cursor_.skip_spaces();
    slot.span.begin = cursor_.at();
    if (cursor_.take("...")) {
      slot.ellipsis = true;
    } else if (cursor_.peek() == '(') {
      if (auto done = condition(slot); !done) return Failure(done.error());
    } else {
      if (auto done = named(slot); !done) return Failure(done.error());
    }
    slot.span.end = cursor_.at();
    return slot;
  }
  // A name, or nothing: a field that has none. A condition may follow.
  Parse<void> named(Slot& slot) {
    Cursor before = cursor_;
    slot.name = cursor_.take_while(is_word);
    cursor_.skip_spaces();
    const char next = cursor_.peek();
    if (next == '=' || next == '!' || next == '<' || next == '>') {
      cursor_ = before;
      return condition(slot);
    }
    if (slot.name.empty() && next != ',' && !cursor_.done())
      return failure(cursor_.at(), cursor_.at() + 1, "a field's name is missing here",
                     Certainty::kLikely);
    return {};
  }
  Parse<void> condition(Slot& slot) {
    auto parsed = parse_condition(cursor_, [&](Cursor&) { return leaf(slot); });
    if (!parsed) return Failure(parsed.error());
    slot.condition = std::move(*parsed);
    return {};
  }
  Parse<Condition> leaf(Slot& slot) {
    Condition out;
    cursor_.skip_spaces();
    out.span.begin = cursor_.at();
    const std::string name(cursor_.take_while(is_word));
    if (name.empty())
      return failure(cursor_.at(), cursor_.at() + 1, "a field's name is missing here",
                     Certainty::kLikely);
    if (slot.name.empty()) slot.name = name;
    // One field has one name; the guide's own example differs in case only.
    if (!std::ranges::equal(slot.name, name, {}, lower, lower))
      return failure(out.span.begin, cursor_.at(),
                     fmt::format("a condition joined to that of '{}' is on the same field; a "
                                 "condition on '{}' stands behind a comma",
                                 slot.name, name));
    cursor_.skip_spaces();
    const auto op = parse_operator(cursor_);
    if (!op) return Failure(op.error());
    auto value = parse_value(cursor_, *op, kStops);
    if (!value) return Failure(value.error());
    out.op = *op, out.value = std::move(*value);
    out.span.end = cursor_.at();
    if (out.value.regex && ++regexes_ > kMaxRegexes)
      return failure(out.value.span.begin, out.value.span.end,
                     fmt::format("a pattern has at most {} regular expressions", kMaxRegexes));
    return out;
  }

  Cursor cursor_;
  std::size_t regexes_ = 0;
};

}  // namespace

Parse<DelimitedPattern> parse_delimited(std::string_view text, std::size_t begin, std::size_t end) {
  if (end - begin < 2 || text[end - 1] != ']')
    return failure(begin, end, "a filter pattern that starts with [ must end with ]");
  return DelimitedParser(text, begin, end).parse();
}

}  // namespace seatrial::logs::pattern

// What JSON and delimited patterns share: strings, regular expressions, operators, values, and the
// joining of tests.
#include "logs/pattern/match.h"
#include "logs/pattern/parse.h"
#include "logs/pattern/pattern.h"

namespace seatrial::logs::pattern {
namespace {

Parse<void> check_bare(std::string_view text, std::size_t begin) {
  const auto end = begin + text.size();
  if (text.empty()) return failure(begin, begin + 1, "a value is missing here");
  if (text[0] == '\'')
    return failure(begin, end, "text is quoted with \" in filter patterns, not with '");
  for (const char c : text) {
    if (is_word(c) || c == '.' || c == '*') continue;
    return failure(
        begin, end,
        fmt::format("AWS documents quotation marks for values with characters like '{}'",
                    static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : std::string(text)),
        Certainty::kLikely, fmt::format("\"{}\"", text));
  }
  return {};
}

Parse<Value> parse_bare(Cursor& cursor, std::string_view stops) {
  Value value;
  const std::size_t begin = cursor.at();
  value.text = cursor.take_while([&](char c) { return !is_space(c) && !stops.contains(c); });
  value.span = {begin, cursor.at()};
  value.number = number_of(value.text);
  if (!value.number)
    if (auto ok = check_bare(value.text, begin); !ok) return Failure(ok.error());
  value.glob = Glob(value.text);
  return value;
}

class ConditionParser {
 public:
  ConditionParser(Cursor& cursor, const LeafParser& leaf) : cursor_(cursor), leaf_(leaf) {}

  Parse<Condition> any_of(std::size_t depth) {
    return joined(Condition::Kind::kOr, "||", [&] { return all_of(depth); });
  }

 private:
  Parse<Condition> all_of(std::size_t depth) {
    return joined(Condition::Kind::kAnd, "&&", [&] { return single(depth); });
  }
  template <class Part>
  Parse<Condition> joined(Condition::Kind kind, std::string_view between, Part part) {
    auto first = part();
    if (!first) return first;
    Condition all;
    all.kind = kind, all.span.begin = first->span.begin;
    all.children.push_back(std::move(*first));
    while (cursor_.skip_spaces() && cursor_.take(between)) {
      auto next = part();
      if (!next) return next;
      all.children.push_back(std::move(*next));
    }
    if (all.children.size() == 1) return std::move(all.children[0]);
    all.span.end = all.children.back().span.end;
    return all;
  }
  Parse<Condition> single(std::size_t depth) {
    cursor_.skip_spaces();
    const std::size_t begin = cursor_.at();
    if (!cursor_.take("(")) return leaf_(cursor_);
    if (depth >= kMaxNesting)
      return failure(begin, begin + 1, "parentheses are nested too deeply", Certainty::kGuess);
    auto inner = any_of(depth + 1);
    if (!inner) return inner;
    cursor_.skip_spaces();
    if (!cursor_.take(")")) return failure(begin, begin + 1, "this parenthesis is not closed");
    inner->span = {begin, cursor_.at()};
    return inner;
  }

  Cursor& cursor_;
  const LeafParser& leaf_;
};

}  // namespace

Failure failure(std::size_t begin, std::size_t end, std::string message, Certainty certainty,
                std::string suggestion) {
  return Failure({Problem::Kind::kSyntax,
                  {begin, std::max(end, begin + 1)},
                  std::move(message),
                  std::move(suggestion),
                  certainty});
}

// guess: a backslash takes the next quotation mark or backslash as it is; AWS documents none.
Parse<std::string> parse_quoted(Cursor& cursor) {
  const std::size_t opened = cursor.at();
  std::string out;
  for (cursor.step(); !cursor.done(); cursor.step()) {
    if (cursor.sees("\\\"") || cursor.sees("\\\\")) {
      cursor.step();
    } else if (cursor.peek() == '"') {
      cursor.step();
      return out;
    }
    out += cursor.peek();
  }
  return failure(opened, opened + 1, "this quotation mark is not closed");
}

Parse<Regex> parse_regex(Cursor& cursor) {
  const std::size_t opened = cursor.at();
  cursor.step();
  const auto source = cursor.take_while([](char c) { return c != '%'; });
  if (!cursor.take("%"))
    return failure(opened, opened + 1, "this % opens a regular expression that no % closes");
  return Regex::compile(source, opened + 1);
}

Parse<Operator> parse_operator(Cursor& cursor) {
  struct Spelling {
    std::string_view text;
    Operator op;
  };
  static constexpr Spelling kSpellings[] = {
      {"!=", Operator::kNotEqual}, {"<=", Operator::kLessEqual}, {">=", Operator::kGreaterEqual},
      {"=", Operator::kEqual},     {"<", Operator::kLess},       {">", Operator::kGreater}};
  const std::size_t begin = cursor.at();
  for (const auto& [text, op] : kSpellings) {
    if (!cursor.take(text)) continue;
    if (cursor.peek() == '=' || cursor.peek() == '~')
      return failure(begin, cursor.at() + 1,
                     fmt::format("there is no operator {}{}", text, cursor.peek()),
                     Certainty::kCertain, text == "=" && cursor.peek() == '=' ? "=" : "");
    return op;
  }
  return failure(begin, begin + 1, "an operator is missing here: one of = != < <= > >=");
}

Parse<Value> parse_value(Cursor& cursor, Operator op, std::string_view stops) {
  cursor.skip_spaces();
  Value value;
  value.span.begin = cursor.at();
  const bool equality = op == Operator::kEqual || op == Operator::kNotEqual;
  if (cursor.peek() == '"') {
    auto text = parse_quoted(cursor);
    if (!text) return Failure(text.error());
    value.text = std::move(*text), value.quoted = true, value.glob = Glob(value.text);
  } else if (cursor.peek() == '%') {
    auto regex = parse_regex(cursor);
    if (!regex) return Failure(regex.error());
    value.regex = std::move(*regex);
  } else {
    auto bare = parse_bare(cursor, stops);
    if (!bare) return bare;
    value = std::move(*bare);
  }
  value.span.end = cursor.at();
  if (!equality && !value.number)
    return failure(value.span.begin, value.span.end, "< <= > >= compare with numbers only");
  return value;
}

Parse<Condition> parse_condition(Cursor& cursor, const LeafParser& leaf) {
  return ConditionParser(cursor, leaf).any_of(0);
}

}  // namespace seatrial::logs::pattern

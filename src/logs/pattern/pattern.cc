// Which of the languages a pattern is written in, and the limits of all of them. See pattern.h.
#include "logs/pattern/pattern.h"

#include <algorithm>

#include "logs/pattern/match.h"
#include "logs/pattern/needles.h"
#include "logs/pattern/parse.h"

namespace seatrial::logs::pattern {

struct Pattern::Parsed {
  Syntax syntax;
};

namespace {

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

template <class P>
Parse<Syntax> as_syntax(Parse<P> parsed) {
  if (!parsed) return Failure(parsed.error());
  return Syntax(std::move(*parsed));
}

Parse<Syntax> parse_any(std::string_view text) {
  std::size_t begin = 0, end = text.size();
  while (begin < end && is_space(text[begin])) ++begin;
  while (end > begin && is_space(text[end - 1])) --end;
  if (characters(text) > kMaxPatternCharacters)
    return failure(
        begin, end,
        fmt::format("a filter pattern has at most {} characters", kMaxPatternCharacters));
  if (begin < end && text[begin] == '{') return as_syntax(parse_json(text, begin, end));
  if (begin < end && text[begin] == '[') return as_syntax(parse_delimited(text, begin, end));
  return as_syntax(parse_text(text, begin, end));
}

}  // namespace

std::expected<Pattern, Problem> Pattern::parse(std::string_view text) {
  auto syntax = parse_any(text);
  if (!syntax) return Failure(syntax.error());
  return Pattern(std::make_shared<const Parsed>(Parsed{std::move(*syntax)}));
}

Kind Pattern::kind() const { return static_cast<Kind>(parsed_->syntax.index()); }

bool Pattern::matches(std::string_view message) const {
  return std::visit([&](const auto& syntax) { return pattern::matches(syntax, message); },
                    parsed_->syntax);
}

std::vector<std::string> Pattern::needles() const {
  return std::visit([](const auto& syntax) { return needles_of(syntax); }, parsed_->syntax);
}

std::optional<Captures> Pattern::captures(std::string_view message) const {
  return std::visit([&](const auto& syntax) { return pattern::captures(syntax, message); },
                    parsed_->syntax);
}

std::vector<Problem> Pattern::misleading() const {
  return std::visit([](const auto& syntax) { return pattern::misleading(syntax); },
                    parsed_->syntax);
}

}  // namespace seatrial::logs::pattern

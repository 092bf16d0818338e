#include "logs/query/query.h"

#include <algorithm>

#include "logs/query/check.h"
#include "logs/query/parser.h"

namespace seatrial::logs::query {
namespace {

bool starts_character(char c) { return (c & 0xC0) != 0x80; }

}  // namespace

bool Parsed::refused() const { return std::ranges::any_of(problems, &Problem::refused); }

std::size_t character_offset(std::string_view text, std::size_t byte) {
  return static_cast<std::size_t>(std::ranges::count_if(text.substr(0, byte), starts_character));
}

std::string malformed_message(std::string_view text, const Problem& problem) {
  const auto before = text.substr(0, problem.span.begin);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto start = before.rfind('\n') + 1;  // 0 on the first line
  return fmt::format("{} at line {} and position {}", problem.message, line,
                     character_offset(before.substr(start), before.size() - start));
}

Parsed parse(std::string_view text) {
  Parsed out;
  if (character_offset(text, text.size()) > kMaxQueryCharacters) {
    out.problems.push_back({Problem::Kind::kSyntax,
                            {0, text.size()},
                            fmt::format("a query has at most {} characters", kMaxQueryCharacters)});
    return out;
  }
  Parser parser(text);
  // An empty query selects everything in the console; guess: StartQuery refuses it.
  if (parser.ends() && !parser.failed())
    parser.fail({0, text.size()}, "the query has no command", Certainty::kGuess);
  out.query = parser.query();
  if (!parser.ends()) parser.unexpected("no parenthesis is open");
  if (parser.failed())
    out.problems.push_back(*parser.problem());
  else
    out.problems = check(out.query, text);
  return out;
}

}  // namespace seatrial::logs::query

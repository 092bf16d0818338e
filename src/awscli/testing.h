// For the tests of the grammar: a line of words parsed, its problems as short text.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "awscli/parse.h"

namespace seatrial::awscli::testing {

// Words by blanks; '...' holds one together. '$' makes a word unknown, and stands for the mark.
inline std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  bool open = false, begun = false;
  const auto word = [&]() -> Word& {
    if (!begun) words.emplace_back();
    begun = true;
    return words.back();
  };
  for (const char c : line) {
    if (c == '\'') {
      word().quoted = true;
      open = !open;
    } else if (c == ' ' && !open) {
      begun = false;
    } else if (c == '$') {
      word().text += kUnknownMark;
      word().known = false;
    } else {
      word().text += c;
    }
  }
  return words;
}

inline std::string_view kind_name(ProblemKind kind) {
  constexpr std::string_view kNames[] = {
      "service", "operation", "option",    "missing",   "value",        "choice",  "waiter", "open",
      "joined",  "exclusive", "bad-value", "shorthand", "abbreviation", "version", "payload"};
  return kNames[static_cast<std::size_t>(kind)];
}

struct Parsed {
  std::vector<Word> words;
  ParsedCall call;
};

inline Parsed parsed(std::string_view line, Cli cli = Cli::kV2, bool more = false) {
  Parsed out{words_of(line), {}};
  out.call = parse_call(Grammar(cli), out.words, more);
  return out;
}

// "KIND:PART OF THE WORD:SUGGESTION", with " (service)" or " (nobody)" where the CLI lets it pass.
inline std::vector<std::string> problems(std::string_view line, Cli cli = Cli::kV2) {
  const auto [words, call] = parsed(line, cli);
  std::vector<std::string> out;
  for (const auto& p : call.problems) {
    const auto& text = words[p.word].text;
    const auto part = std::string_view(text).substr(p.offset, p.length);
    out.push_back(fmt::format("{}:{}:{}{}", kind_name(p.kind), part, p.suggestion,
                              p.refuser == Refuser::kService  ? " (service)"
                              : p.refuser == Refuser::kNobody ? " (nobody)"
                                                              : ""));
  }
  return out;
}

}  // namespace seatrial::awscli::testing

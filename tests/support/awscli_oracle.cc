// The AWS CLI's grammar as a filter, so that the real CLI can be its oracle: one JSON request a
// line on stdin ({"cli": 1, "words": [...]}), one JSON answer a line on stdout. The other half:
// tests/oracle/test_awscli.py.
#include <iostream>
#include <string>

#include "awscli/parse.h"
#include "base/check.h"
#include "base/value.h"

namespace seatrial {
namespace {

constexpr std::string_view kKinds[] = {
    "unknown-service", "unknown-operation", "unknown-option", "missing-option", "missing-value",
    "bad-choice",      "unknown-waiter",    "open-choice",    "joined-list",    "exclusive",
    "bad-value",       "bad-shorthand",     "abbreviation",   "other-version",  "payload-format"};
constexpr std::string_view kRefusers[] = {"client", "service", "nobody"};

Value answer(const Value& in) {
  const bool v1 = find_member(in, "cli")->to_number<int>() == 1;
  const awscli::Grammar grammar(v1 ? awscli::Cli::kV1 : awscli::Cli::kV2);
  std::vector<awscli::Word> words;
  for (const Value& word : find_member(in, "words")->as_array())
    words.push_back({std::string(as_view(word.as_string())), true, false});
  const auto call = awscli::parse_call(grammar, words);
  Array problems;
  bool refused = false;
  for (const auto& problem : call.problems) {
    refused = refused || problem.refuser == awscli::Refuser::kClient;
    ST_CHECK(problem.word < words.size(), "a problem's word is one of the call's");
    ST_CHECK(problem.offset <= words[problem.word].text.size(), "a problem's part is in its word");
    problems.push_back(Object{{"kind", kKinds[static_cast<int>(problem.kind)]},
                              {"refuser", kRefusers[static_cast<int>(problem.refuser)]},
                              {"word", problem.word},
                              {"offset", problem.offset},
                              {"message", problem.message},
                              {"suggestion", problem.suggestion}});
  }
  return Object{{"path", call.path}, {"refused", refused}, {"problems", std::move(problems)}};
}

}  // namespace
}  // namespace seatrial

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto in = seatrial::parse_json(line);
    ST_CHECK(in.has_value(), "a line that is no JSON");
    std::cout << seatrial::to_json(seatrial::answer(*in)) << '\n';
  }
  return 0;
}

// CloudWatch Logs Insights queries: text to a tree, and what AWS refuses at StartQuery.
//
// Parser and judgement only; an evaluator reads ast.h. Source: the CloudWatch Logs guide, "Logs
// Insights language query syntax" and its pages, one per command. Pure. What AWS leaves open is
// marked as a guess beside the code that decides it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "logs/problem.h"
#include "logs/query/ast.h"

namespace seatrial::logs::query {

inline constexpr std::size_t kMaxQueryCharacters = 10'000;  // the service model's QueryString

struct Parsed {
  Query query;                    // whole only when nothing is refused
  std::vector<Problem> problems;  // a syntax problem stands alone; others in the order of places

  bool refused() const;
};

Parsed parse(std::string_view text);

// The message of a MalformedQueryException: "... at line 1 and position 7".
std::string malformed_message(std::string_view text, const Problem& problem);
// The number of characters before a byte, as QueryCompileErrorLocation counts them.
std::size_t character_offset(std::string_view text, std::size_t byte);

}  // namespace seatrial::logs::query

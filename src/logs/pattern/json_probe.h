// Finds a few places in a JSON text in one pass, without making a tree of it.
//
// Problem: a pattern looks at one or two fields of every message; building a document for each
// costs many times that. Choice: one strict scan that goes into what a selector leads into and
// skips the rest; a number keeps its digits as written, for wildcards. Rejected: Boost.JSON
// (forgets how a number was written, allocates), simdjson (a dependency for one pass over short
// texts).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/pattern/ast.h"

namespace seatrial::logs::pattern {

struct Found {
  enum class Kind { kAbsent, kString, kNumber, kTrue, kFalse, kNull, kContainer };
  Kind kind = Kind::kAbsent;
  std::string text;         // of a string, unescaped; of a number, as written
  std::vector<Found> more;  // what else a wildcard leads to
};

// What each selector leads to; nothing when the text as a whole is no JSON, or nested deeper than
// kMaxJsonNesting. Of a key given twice the last one counts, under a wildcard each.
std::optional<std::vector<Found>> probe_json(std::string_view text,
                                             const std::vector<Selector>& selectors);

}  // namespace seatrial::logs::pattern

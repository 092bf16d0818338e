// Findings that a document's author has looked at and lets stand.
//
// `<!-- seatrial: ignore RULE[,RULE] reason -->` speaks of the block behind it, or of the line it
// stands on; in a fence or a script `# seatrial: ignore RULE reason` speaks of the next command, or
// of the one it stands behind. What is wrong with such a comment is said by the rule
// bad-suppression, which cannot be suppressed itself. Pure.
#pragma once
#include <string>
#include <vector>

#include "runbook/check/analysis.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

inline constexpr std::string_view kBadSuppressionId = "bad-suppression";

struct Suppression {
  struct Name {
    std::string rule;
    std::size_t offset = 0;  // in `text`
  };
  std::string text;  // from "seatrial:" on
  int line = 0;      // 1-based, with where the text begins there (0-based byte)
  std::size_t column = 0;
  int first_line = 0;  // 1-based, inclusive: what it speaks of
  int last_line = -1;
  std::vector<Name> rules;
  std::string reason;
  std::string fault;  // why it says nothing, or empty
};

// In the order of their lines.
std::vector<Suppression> find_suppressions(const Analysis& analysis);

// At a name of a suppression, or at all of it.
void report_suppression(const Suppression& suppression, const Suppression::Name* name, Note note,
                        Reports& reports);

// Takes the suppressed findings out of `findings` (in the order of their lines) and returns how
// many they were. Where `active` holds bad-suppression, names of active rules that suppressed
// nothing are reported into `findings`, at its end.
std::size_t apply_suppressions(const Analysis& analysis, std::span<const Rule* const> active,
                               std::vector<Finding>& findings);

}  // namespace seatrial::runbook::check

// What of a fence a person was meant to replace before it can run.
//
// The table of what looks like a placeholder is the runner's too (runbook/placeholders.h). Here
// what it is given for decides where the look alone does not: `--tasks TASK_ARN` repeats its
// option's name, `grep TASK_ARN` looks for the word. What is found becomes an unknown part of its
// word, as if the shell made it up, so that no other rule judges it. Pure.
#pragma once
#include <cstdint>
#include <vector>

#include "runbook/placeholders.h"
#include "runbook/shell_facts.h"

namespace seatrial::runbook::check {

struct FencePlaceholder {
  std::uint32_t begin = 0;  // bytes of the fence's script
  std::uint32_t end = 0;
  PlaceholderKind kind = PlaceholderKind::kAngle;
  bool redirects = false;  // bash takes its brackets for redirections
  bool asked = false;      // the document says close by that it is to be replaced
};

// Where the document speaks of replacing: in what stands before the fence, or anywhere of all.
struct ReplaceNotes {
  bool everywhere = false;
  bool before_fence = false;
};

// The facts of a script with its placeholders marked in the words. In order of their places.
struct MarkedFacts {
  ShellFacts facts;
  std::vector<FencePlaceholder> placeholders;
};
MarkedFacts facts_with_placeholders(const std::string& script, ReplaceNotes notes);

// Fences are not looked at behind this many.
inline constexpr std::size_t kMaxPlaceholders = 200;

// Whether a comment, or a paragraph, tells the reader to replace a value.
bool speaks_of_replacing(std::string_view comment);
bool explains_placeholders(std::string_view paragraph);

}  // namespace seatrial::runbook::check

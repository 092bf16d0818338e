// What of a document is a step, and what is expected of it.
//
// A fenced shell block gives one step per top-level command; a following block introduced as
// expected output binds to it. An expectation belongs to the block, not to a step: which of the
// block's steps prints comparable output is known only when they have run (verify.cc decides, and
// takes the last one that does). Pure; run.cc carries plans out.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runbook/document.h"

namespace seatrial::runbook {

struct Expectation {
  enum class Kind {
    kOutput,      // text: a whole output, compared by structure
    kOneOf,       // alternatives: one of them is the output
    kHttpStatus,  // text: "200": the status line or code in the output
  };
  Kind kind = Kind::kOutput;
  std::string text;
  std::vector<std::string> alternatives;
  std::string introduction;  // the prose that announced it
  bool when_any = false;     // "(when alarms exist)": nothing at all is also well
  int line = 0;              // 1-based, of its first line
};

struct Step {
  int line = 0;  // 1-based, of the command's first line
  int end_line = 0;
  std::string title;    // the comment above it, else the command's beginning
  std::string section;  // text of the heading it stands under
  std::string slug;
  std::string text;                     // the shell text
  int block = 0;                        // steps of one fence share this number
  bool follows = false;                 // goes on for ever: followed for a while, then stopped
  std::optional<std::string> destroys;  // what it would do that needs approval
  bool damaged = false;                 // no valid shell
  std::string stand_in;                 // its comment where it says that a value is to be replaced
};

// Several expectations of one block are alternatives ("while it scales", "after it scaled").
struct BlockPlan {
  std::size_t first_step = 0;
  std::size_t end_step = 0;
  std::vector<Expectation> expectations;
};

struct Plan {
  std::vector<Step> steps;
  std::vector<BlockPlan> blocks;
};

// The plan of the whole document, or of the section's headings.
Plan make_plan(const Document& document, std::optional<Section> section = std::nullopt);

// Fences that hold shell commands, whether they would be run or only tell what to do in case of an
// error: what the checker reads.
bool is_shell_language(std::string_view language);
bool looks_like_shell(std::string_view text);
bool is_shell_fence(const Block& block);
// A fence's shell text, byte for byte at the fence's places: prompts and output are blank.
std::string fence_script(const Block& block);

}  // namespace seatrial::runbook

// A document as one sequence of what it says and does: headings, prose, the comments and commands
// of its fences, in their order. Built once per document from the analysis, which must outlive it.
//
// Users: rules that judge a command by what stands before or after it. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runbook/check/analysis.h"

namespace seatrial::runbook::check {

struct Event {
  enum class Kind { kHeading, kText, kComment, kCommand };
  Kind kind = Kind::kText;
  int heading = -1;                  // index into Document::headings, -1 before the first
  int line = 0;                      // 1-based, in the document
  std::string_view text;             // of a heading, paragraph or comment (without '#')
  const Command* command = nullptr;  // of kCommand
  const Fence* fence = nullptr;      // of kComment and kCommand
  std::size_t begin = 0;             // of kComment and kCommand: bytes of the fence's script
};

class Story {
 public:
  explicit Story(const Analysis& analysis);

  const Analysis& analysis() const { return analysis_; }
  std::span<const Event> events() const { return events_; }
  // The events directly under a heading (-1: before the first), its own first.
  std::span<const Event> section(int heading) const;
  // Those of the heading and of all headings below it.
  std::span<const Event> chapter(int heading) const;
  // The sections, each cut where the numbers of its steps begin again at one. In order.
  std::vector<std::span<const Event>> procedures() const;
  // What belongs to the heading's procedure though it stands under later headings: those below it,
  // its later siblings when they are numbered steps too, and siblings that promise a verification.
  std::vector<std::span<const Event>> continuation(int heading) const;
  // Headings directly or indirectly above it, itself last; empty for -1.
  std::vector<int> path(int heading) const;
  // Whether the heading or one above it says so.
  bool under(int heading, std::span<const std::string_view> phrases) const;
  int level(int heading) const;  // 0 for -1

 private:
  void add_fence(const Fence& fence, int heading);

  const Analysis& analysis_;
  std::vector<Event> events_;
  std::vector<std::size_t> starts_;  // of section i - 1 in events_; one more at the end
};

// The number that a step's comment or heading begins with ("3. Scale", "Step 2: Stop"), or 0.
int step_number(std::string_view text);

// Whether the text demands a look at how things turned out.
bool speaks_of_verification(std::string_view text);
// Whether the text speaks of going back to an earlier state.
bool speaks_of_rollback(std::string_view text);

// What the fence says a byte of its script is about: the nearest comment lines above it that stand
// together, top to bottom, each without '#'.
std::vector<std::string_view> caption_of(const Fence& fence, std::size_t byte);

// The variable that a byte of the script helps to set (`NAME=$(aws ...)`), or null.
const ShellAssignment* assignment_around(const Fence& fence, std::size_t byte);

// The one assignment in the document that a use of the variable at `fence` and `byte` can mean:
// the last before it in its fence, else in earlier fences; null when there is none or it has no
// value that the text shows.
struct Assigned {
  const Fence* fence = nullptr;
  const ShellAssignment* assignment = nullptr;
};
Assigned assigned_before(const Analysis& analysis, const Fence& fence, std::size_t byte,
                         std::string_view name);

// The value of a word when every variable in it was given a literal value before; else empty.
// Only a word that is known, or one variable and nothing else, or text around such.
std::string resolved(const Command& command, std::size_t word, const Analysis& analysis);

}  // namespace seatrial::runbook::check

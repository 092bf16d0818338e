// See outcome.h.
//
// Problem: a command that only begins a change (update-service, create-stack, rollout undo) ends
// well whatever becomes of it.
// Choice: within a procedure (Story::procedures) a later command that looks or waits, or prose that
// demands it, counts for every change before it. Rejected: matching each look to the very resource;
// a health endpoint, a dashboard, a script look at all of them.
#include "runbook/check/rules/outcome.h"

#include <algorithm>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/words.h"

namespace seatrial::runbook::check {
namespace {

bool is_rollback(const Command& command) {
  if (command.name == "kubectl") return find_word(command, "undo") > 0;
  if (command.name == "helm") return find_word(command, "rollback") > 0;
  const auto comments = caption_of(*command.fence, command.shell.begin);
  return std::ranges::any_of(comments, speaks_of_rollback);
}

bool looks(const Command& command, const Command& change) {
  const auto effect = effect_of(command);
  return (effect == Effect::kReads || effect == Effect::kWaits) && !is_part_of(command, change) &&
         can_verify(command, change);
}

// A comment with a command below it is as good as that command; where nobody knows what the command
// does, or there is none, the comment counts.
bool looks(std::span<const Event> events, std::size_t index, const Command& change) {
  const auto& event = events[index];
  if (event.kind == Event::Kind::kCommand) return looks(*event.command, change);
  if (!speaks_of_verification(event.text)) return false;
  if (event.kind != Event::Kind::kComment) return true;
  while (++index < events.size() && events[index].fence == event.fence)
    if (events[index].kind == Event::Kind::kCommand)
      return effect_of(*events[index].command) == Effect::kOther;
    else if (step_number(events[index].text) > 0)
      return true;
  return true;
}

bool is_seen_in(std::span<const Event> events, const Command& change) {
  for (std::size_t i = 0; i < events.size(); ++i)
    if (looks(events, i, change)) return true;
  return false;
}

bool is_seen(const Story& story, std::span<const Event> after, int heading, const Command& change) {
  return is_seen_in(after, change) ||
         std::ranges::any_of(story.continuation(heading),
                             [&](auto later) { return is_seen_in(later, change); });
}

// Troubleshooting: the diagnosis above is what one looks at again.
bool is_diagnosis(std::span<const Event> procedure) {
  return std::ranges::any_of(procedure, [](const Event& event) {
    return event.kind == Event::Kind::kText && says_any(event.text, {"diagnosis", "symptom*"});
  });
}

// Inside `watch`, a substitution or a comment of the same step it is no step of its own.
bool is_step(const Event& event) {
  return event.kind == Event::Kind::kCommand && !event.command->shell.in_substitution;
}

void add_unseen(const Story& story, std::span<const Event> procedure, std::vector<Unseen>& out) {
  Unseen plain, back;
  for (std::size_t i = 0; i < procedure.size(); ++i) {
    if (!is_step(procedure[i])) continue;
    const Command& command = *procedure[i].command;
    const auto effect = effect_of(command);
    if (effect != Effect::kChanges && effect != Effect::kBegins) continue;
    if (plain.begun != nullptr) plain.change = &command;
    if (effect != Effect::kBegins ||
        is_seen(story, procedure.subspan(i + 1), procedure[i].heading, command))
      continue;
    auto& found = is_rollback(command) ? back : plain;
    found.change = found.begun = &command;
  }
  back.rollback = true;
  if (plain.begun != nullptr && !is_diagnosis(procedure)) out.push_back(plain);
  if (back.begun != nullptr) out.push_back(back);
}

}  // namespace

std::vector<Unseen> unseen_changes(const Story& story) {
  std::vector<Unseen> out;
  for (const auto procedure : story.procedures()) add_unseen(story, procedure, out);
  return out;
}

}  // namespace seatrial::runbook::check

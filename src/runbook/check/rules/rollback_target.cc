// A step is called a rollback but does not say to what it goes back. docs/rules/rollback-target.md
//
// Certain by the tools: terraform applies what is checked out, and an ECS service that is given no
// task definition starts the same one again.
#include <algorithm>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

// Whether the comments above the command, or the prose right before its fence, call it a rollback.
bool is_called_rollback(std::span<const Event> section, std::size_t index) {
  const Command& command = *section[index].command;
  const auto caption = caption_of(*command.fence, command.shell.begin);
  if (!caption.empty()) return std::ranges::any_of(caption, speaks_of_rollback);
  for (std::size_t i = index; i-- > 0;)
    if (section[i].kind == Event::Kind::kText || section[i].kind == Event::Kind::kHeading)
      return speaks_of_rollback(section[i].text);
  return false;
}

// Something before it in the section picks what is applied.
bool picks_version(const Event& event) {
  if (event.kind != Event::Kind::kCommand) return false;
  const Command& command = *event.command;
  if (command.name == "git")
    return find_word(command, "checkout") > 0 || find_word(command, "revert") > 0 ||
           find_word(command, "reset") > 0 || find_word(command, "switch") > 0;
  return find_word(command, "workspace") > 0;
}

std::string terraform_problem(std::span<const Event> before, const Command& command) {
  const auto apply = find_word(command, "apply");
  if (apply == 0 || has_option(command, "-var") || has_option(command, "-var-file")) return {};
  // A saved plan says it.
  for (std::size_t i = apply + 1; i < command.shell.words.size(); ++i)
    if (!command.shell.words[i].text.starts_with('-')) return {};
  if (std::ranges::any_of(before, picks_version)) return {};
  return "this is called a rollback but applies whatever is checked out";
}

std::string ecs_problem(const Command& command) {
  if (aws_name(command).operation != "update-service") return {};
  if (has_option(command, "--task-definition") || !has_option(command, "--force-new-deployment") ||
      command.shell.open_ended)
    return {};
  return "this is called a rollback but starts the present task definition again";
}

void check_rollback_target(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (int h = -1; h < static_cast<int>(analysis.document().headings.size()); ++h) {
    const auto section = story.section(h);
    for (std::size_t i = 0; i < section.size(); ++i) {
      if (section[i].kind != Event::Kind::kCommand) continue;
      const Command& command = *section[i].command;
      const bool terraform = command.name == "terraform" || command.name == "tofu";
      const auto problem =
          terraform ? terraform_problem(section.first(i), command) : ecs_problem(command);
      if (problem.empty() || !is_called_rollback(section, i)) continue;
      reports.at_word(
          command, operation_word(command),
          {problem, terraform ? "check out the commit to go back to, plan with -out, apply that"
                              : "--task-definition FAMILY:REVISION"});
    }
  }
}

}  // namespace

const Rule kRollbackTarget{"rollback-target", Severity::kWarning,
                           "a rollback that does not say to what", check_rollback_target};

}  // namespace seatrial::runbook::check

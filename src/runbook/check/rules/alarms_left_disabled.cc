// What was switched off for the work is not switched on again. docs/rules/alarms-left-disabled.md
//
// Certain for the document: nothing behind the switching off, up to its end, undoes it, in a
// command or in words.
#include <algorithm>
#include <array>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

struct Switch {
  std::string_view service;  // of the AWS CLI, or a program
  std::string_view off;      // operation, or subcommand
  std::string_view on;
  std::string_view what;
  std::string_view undone_by;  // how prose says it, together with the noun
  std::string_view noun;
};
constexpr std::array kSwitches = {
    Switch{"cloudwatch", "disable-alarm-actions", "enable-alarm-actions", "the alarms stay silent",
           "enabl*", "alarm*"},
    Switch{"events", "disable-rule", "enable-rule", "the rule stays off", "enabl*", "rule*"},
    Switch{"autoscaling", "suspend-processes", "resume-processes", "scaling stays suspended",
           "resum*", "scaling"},
    Switch{"autoscaling", "enter-standby", "exit-standby", "the instances stay in standby", "exit*",
           "standby"},
    Switch{"codepipeline", "disable-stage-transition", "enable-stage-transition",
           "the pipeline stays stopped", "enabl*", "transition*"},
    Switch{"kubectl", "cordon", "uncordon", "the node takes no pods any more", "uncordon*",
           "node*"},
    Switch{"kubectl", "drain", "uncordon", "the node takes no pods any more", "uncordon*", "node*"},
};

bool is_call(const Command& command, std::string_view service, std::string_view operation) {
  if (!command.aws) return command.name == service && find_word(command, operation) > 0;
  const auto name = aws_name(command);
  return name.service == service && name.operation == operation;
}

// One of the two aims at something not known, or both at the same.
bool may_undo(const Command& on, const Command& off) {
  const auto ours = targets_of(on), theirs = targets_of(off);
  const auto unknown = [](std::string_view one) { return one.contains('$'); };
  return ours.empty() || theirs.empty() || std::ranges::any_of(ours, unknown) ||
         std::ranges::any_of(theirs, unknown) || share_target(on, off);
}

bool undoes(const Event& event, const Switch& one, const Command& off) {
  if (event.kind == Event::Kind::kCommand)
    return is_call(*event.command, one.service, one.on) && may_undo(*event.command, off);
  if (says_any(event.text, {"re enabl*", "reenabl*", "reactivat*"})) return true;
  return says(event.text, one.noun) &&
         (says(event.text, one.undone_by) || says_any(event.text, {"turn on", "switch on"}));
}

void check_alarms_left_disabled(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  const auto events = story.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind != Event::Kind::kCommand) continue;
    const Command& command = *events[i].command;
    const auto* one = std::ranges::find_if(
        kSwitches, [&](const Switch& s) { return is_call(command, s.service, s.off); });
    if (one == kSwitches.end()) continue;
    if (std::ranges::any_of(events.subspan(i + 1),
                            [&](const Event& event) { return undoes(event, *one, command); }))
      continue;
    const auto word = command.aws ? operation_word(command) : find_word(command, one->off);
    reports.at_word(command, word,
                    {fmt::format("{}: nothing later in the document undoes this", one->what),
                     fmt::format("{} {}", one->service, one->on)});
  }
}

}  // namespace

const Rule kAlarmsLeftDisabled{"alarms-left-disabled", Severity::kWarning,
                               "alarms, rules or scaling switched off and never on again",
                               check_alarms_left_disabled};

}  // namespace seatrial::runbook::check

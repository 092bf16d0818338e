// What is applied is not what was planned and looked at. docs/rules/plan-not-applied.md
//
// Certain: `terraform apply` without a saved plan makes a new one, whatever was shown before;
// `execute-change-set` runs the set it names.
#include <algorithm>
#include <array>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

bool is_terraform(const Command& command, std::string_view subcommand) {
  return (command.name == "terraform" || command.name == "tofu") &&
         find_word(command, subcommand) > 0;
}

constexpr std::array<std::string_view, 9> kValued = {"-target",      "-var",          "-var-file",
                                                     "-parallelism", "-lock-timeout", "-state",
                                                     "-out",         "-replace",      "-backup"};

// The saved plan that apply is given, or 0.
std::size_t plan_file_word(const Command& command) {
  const auto& words = command.shell.words;
  for (std::size_t i = find_word(command, "apply") + 1; i < words.size(); ++i) {
    if (!words[i].text.starts_with('-')) return i;
    if (std::ranges::find(kValued, words[i].text) != kValued.end()) ++i;
  }
  return 0;
}

// The words of all options of one name, sorted: "-target=a", "-target=b".
std::vector<std::string> options_named(const Command& command, std::string_view name) {
  std::vector<std::string> out;
  const auto& words = command.shell.words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].text == name && i + 1 < words.size())
      out.push_back(words[i + 1].text);
    else if (words[i].text.starts_with(std::string(name) + "="))
      out.push_back(words[i].text.substr(name.size() + 1));
  }
  std::ranges::sort(out);
  return out;
}

std::string saved_as(const Command& plan) {
  const auto names = options_named(plan, "-out");
  return names.empty() ? std::string() : names.front();
}

std::string difference(const Command& plan, const Command& apply) {
  if (has_option(plan, "-destroy") != has_option(apply, "-destroy"))
    return "the plan above is one of destruction, this applies another";
  if (options_named(plan, "-target") != options_named(apply, "-target"))
    return "the plan above is of other targets";
  if (options_named(plan, "-var-file") != options_named(apply, "-var-file"))
    return "the plan above has other variables";
  return "the plan above is not saved, apply makes a new one";
}

void look_at_apply(const Command& plan, const Command& apply, Reports& reports) {
  const auto file = plan_file_word(apply);
  const auto saved = saved_as(plan);
  if (file != 0) {
    const auto given = apply.known(file);
    if (saved.empty() || given.empty() || given == saved || saved.contains(ShellWord::kUnknown))
      return;
    return reports.at_word(apply, file,
                           {fmt::format("the plan above was saved as `{}`", saved), saved});
  }
  const std::string name = saved.empty() ? "plan.tfplan" : saved;
  reports.at_word(
      apply, find_word(apply, "apply"),
      {difference(plan, apply),
       saved.empty() ? fmt::format("`-out={}` with the plan, then `terraform apply {}`", name, name)
                     : fmt::format("terraform apply {}", name)});
}

void look_at_change_set(std::span<const Command* const> created, const Command& executed,
                        Reports& reports) {
  const auto word = option_value_word(executed, "--change-set-name");
  const auto name = executed.known(word);
  if (word == 0 || name.empty() || created.empty()) return;
  for (const Command* one : created) {
    const auto made = one->known(option_value_word(*one, "--change-set-name"));
    if (made.empty() || name.contains(made)) return;  // an ARN contains the name
  }
  reports.at_word(executed, word, {"no change set of this name is made above", {}});
}

void look_at_plan_section(std::span<const Event> section, Reports& reports) {
  const Command* plan = nullptr;
  std::vector<const Command*> created;
  for (const auto& event : section) {
    if (event.kind != Event::Kind::kCommand) continue;
    const Command& command = *event.command;
    const auto [service, operation] = aws_name(command);
    if (operation == "create-change-set") created.push_back(&command);
    if (operation == "execute-change-set") look_at_change_set(created, command, reports);
    if (is_terraform(command, "apply") && plan != nullptr)
      look_at_apply(*std::exchange(plan, nullptr), command, reports);
    else if (is_terraform(command, "plan"))
      plan = &command;
  }
}

void check_plan_not_applied(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (int h = -1; h < static_cast<int>(analysis.document().headings.size()); ++h)
    look_at_plan_section(story.section(h), reports);
}

}  // namespace

const Rule kPlanNotApplied{"plan-not-applied", Severity::kWarning,
                           "what is applied is not the plan that was shown",
                           check_plan_not_applied};

}  // namespace seatrial::runbook::check
